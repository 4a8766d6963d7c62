"""matplotlib's pictures made part of a page: no styles of their own, the page's colours, names that don't meet."""

import re
from typing import Final
from xml.etree import ElementTree as ET  # what is read is only what matplotlib has written

SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_DROPPED: Final = ("metadata", "style")
_LEFT: Final = frozenset({"font-family"})
_LINK: Final = re.compile(r"url\(#([^)]+)\)")

# Colours that stand for the page's own, which differ on light and dark ground.
INK, FAINT, LINE, SHEET = "#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04"
SERIES: Final = ("#0a0b11", "#0a0b12", "#0a0b13", "#0a0b14", "#0a0b15")
_COLOURS: Final = {
    INK: "var(--ink)",
    FAINT: "var(--faint)",
    LINE: "var(--line)",
    SHEET: "var(--sheet)",
    **{colour: f"var(--series-{number})" for number, colour in enumerate(SERIES, start=1)},
}

ET.register_namespace("", SVG)
ET.register_namespace("xlink", _XLINK)


def inline(drawn: str, name: str, says: str) -> str:
    """An SVG element for a page under a policy that allows no inline styles.

    Args:
        drawn: matplotlib's file.
        name: of the picture, unlike any other on the page.
        says: what it shows, for who cannot see it.
    """
    root = ET.fromstring(drawn)  # noqa: S314 - matplotlib's own
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{SVG}}}{dropped}" for dropped in _DROPPED}:
                parent.remove(child)
    for element in root.iter():
        _attribute(element)
    _rename(root, name)
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.attrib |= {"class": "plot", "role": "img", "aria-label": says, "focusable": "false"}
    return ET.tostring(root, encoding="unicode")


def _attribute(element: ET.Element) -> None:
    """Turn an element's styles into attributes, which the policy does not concern."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name and name not in _LEFT:
            element.set(name, _COLOURS.get(value, value))


def _rename(root: ET.Element, name: str) -> None:
    """Keep the ids that something links to, made the picture's own."""
    linked = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == f"{{{_XLINK}}}href":
                linked.add(value.removeprefix("#"))
                element.set(key, f"#{name}-{value.removeprefix('#')}")
            elif found := _LINK.search(value):
                linked.add(found[1])
                element.set(key, f"url(#{name}-{found[1]})")
    for element in root.iter():
        own = element.attrib.pop("id", None)
        if own in linked:
            element.set("id", f"{name}-{own}")
