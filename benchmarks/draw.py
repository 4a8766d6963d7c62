"""Curves from standard input as an SVG, one panel a table. Runs where matplotlib is: see `plot.txt`."""

import json
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt

COLOURS = {"winnow": "#0b6e4f", "flaml-lgbm": "#c8553d", "hyperopt": "#5b6c8f"}


def draw(curves: list[dict], picture: str) -> None:
    """Write the picture; the same curves give the same bytes."""
    mpl.rcParams["svg.hashsalt"] = "winnow"
    tables = list(dict.fromkeys(curve["table"] for curve in curves))
    figure, axes = plt.subplots(1, len(tables), figsize=(3.6 * len(tables), 3.2), squeeze=False, layout="constrained")
    for panel, table in zip(axes[0], tables, strict=True):
        for curve in (curve for curve in curves if curve["table"] == table):
            points = [(s, v) for s, v in zip(curve["seconds"], curve["values"], strict=True) if v is not None]
            panel.plot(*zip(*points, strict=True), marker="o", label=curve["peer"], color=COLOURS[curve["peer"]])
            panel.set_ylabel(curve["metric"])
        panel.set_title(table)
        panel.set_xlabel("seconds")
        panel.spines[["top", "right"]].set_visible(False)
    axes[0][0].legend(frameon=False)
    figure.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    draw(json.load(sys.stdin), sys.argv[1])
