// While the page says that it is live, its live part is fetched anew every two seconds.
"use strict";

async function refresh() {
  const shown = document.querySelector("[data-live=on]");
  if (!shown) return;
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceWith(page.querySelector("[data-live]"));
    }
  } catch {
    // the service is away for a moment: ask again
  }
  setTimeout(refresh, 2000);
}

setTimeout(refresh, 2000);
