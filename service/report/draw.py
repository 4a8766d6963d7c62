"""Plots as inline SVG, by matplotlib. No user's text is drawn, as no font has all letters: the page tells names."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from automl.types import Json
from service.report.svg import FAINT, INK, LINE, SERIES, SHEET, inline

_DASHES: Final = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 3)))
_MARKS: Final = ("o", "s", "^", "D", "v")
_SETTINGS: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "winnow",
    "text.parse_math": False,
    "font.size": 10.5,
    "text.color": INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}
_MANY: Final = 10_000
_lock = Lock()
"""matplotlib's settings are the process's, whatever the thread."""


class Plot:
    """One pair of axes.

    Attributes:
        axes: matplotlib's.
    """

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self._drawn = 0

    def line(self, across: Sequence[float], up: Sequence[float], label: str = "") -> None:
        """Each in a colour and in dashes of its own."""
        number = self._next()
        self.axes.plot(across, up, color=SERIES[number], linestyle=_DASHES[number], label=label)

    def reference(self, across: Sequence[float], up: Sequence[float], label: str) -> None:
        """What to compare with."""
        self.axes.plot(across, up, color=FAINT, linestyle=(0, (1.5, 2)), linewidth=1.4, label=label)

    def band(self, across: Sequence[float], low: Sequence[float], high: Sequence[float], label: str) -> None:
        """Where the next line might have run otherwise."""
        self.axes.fill_between(
            across, low, high, color=SERIES[self._drawn % len(SERIES)], alpha=0.15, linewidth=0, label=label
        )

    def bars(self, points: Sequence[tuple[float, float, float, float]], label: str = "") -> None:
        """Marks with intervals: x, y, low, high."""
        number = self._next()
        across, up, low, high = zip(*points, strict=True)
        down = [max(0.0, y - end) for y, end in zip(up, low, strict=True)]
        more = [max(0.0, end - y) for y, end in zip(up, high, strict=True)]
        self.axes.errorbar(
            across, up, yerr=[down, more], color=SERIES[number], marker=_MARKS[number], markersize=4, linewidth=1.4,
            linestyle=_DASHES[number], elinewidth=1.0, capsize=2, label=label,
        )  # fmt: skip

    def mark(self, across: float, up: float, label: str) -> None:
        """A place on a curve."""
        self.axes.plot(
            [across], [up], "o", markersize=8, markerfacecolor=SHEET, markeredgecolor=INK, clip_on=False, zorder=3,
            label=label,
        )  # fmt: skip

    def dots(self, across: Sequence[float], up: Sequence[float]) -> None:
        """A cloud."""
        self.axes.plot(across, up, "o", color=SERIES[0], markersize=3.5, alpha=0.6, markeredgewidth=0)

    def _next(self) -> int:
        self._drawn += 1
        return (self._drawn - 1) % len(SERIES)

    def whole(self) -> None:
        """Both axes from 0 to 1."""
        self.axes.set_xlim(0, 1)
        self.axes.set_ylim(0, 1.02)


@dataclass(frozen=True)
class Picture:
    """A plot on the page.

    Attributes:
        name: unlike any other on the page.
        title: a heading.
        svg: the plot.
        says: what it shows and how to read it.
        labels: of classes, by the number that the plot calls them.
    """

    name: str
    title: str
    svg: str
    says: str
    labels: Sequence[Json] = ()


def _short_marks(axes: Axes) -> None:
    """Few marks, and thousands as k, so that they don't run into each other."""
    for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        axis.set_major_locator(MaxNLocator(6))
        if max(map(abs, ends)) >= _MANY:
            axis.set_major_formatter(EngFormatter(sep=""))


def draw(
    name: str, title: str, says: str, on: Callable[[Plot], None], *, axes: tuple[str, str], labels: Sequence[Json] = ()
) -> Picture:
    """A picture; `on` draws it, and `axes` are what the horizontal and the vertical one tell."""
    with _lock, rc_context(_SETTINGS):
        figure = Figure(figsize=(5.0, 3.3), layout="constrained")
        plot = Plot(figure.subplots())
        plot.axes.set_xlabel(axes[0])
        plot.axes.set_ylabel(axes[1])
        plot.axes.tick_params(length=0)
        on(plot)
        _short_marks(plot.axes)
        if any(not str(label).startswith("_") for label in plot.axes.get_legend_handles_labels()[1]):
            plot.axes.legend(loc="best", fontsize=9.5, handlelength=2.6)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return Picture(name, title, inline(file.getvalue(), name, says), says, labels)
