"""Curves as SVG files, in colours that read on light and on dark ground."""

from collections.abc import Sequence

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 480, 300, 44, 40, 10
_INK, _CURVE = "#808a96", "#3f7fdb"


def curve_svg(
    points: Sequence[tuple[float, float]],
    *,
    across: str,
    up: str,
    level: float | None = None,
    ends: tuple[float, float] = (1.0, 1.0),
) -> str:
    """A curve in the unit square.

    Args:
        points: (x, y) within 0..1, in drawing order.
        across: what the horizontal axis tells.
        up: what the vertical axis tells.
        level: draws a dashed horizontal line, such as what chance reaches.
        ends: what the axes' ends stand for.
    """
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    marks = [_mark(tick / 4, *ends) for tick in range(5)]
    chance = "" if level is None else _line(0, level, 1, level, dashed=True)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f'<g font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">',
            f"<title>{up} by {across}</title>",
            *marks,
            chance,
            f'<polyline points="{path}" fill="none" stroke="{_CURVE}" stroke-width="2.5" stroke-linejoin="round"/>',
            f'<text x="{_x(0.5):.0f}" y="{_HEIGHT - 6}" text-anchor="middle">{across}</text>',
            f'<text transform="translate(12 {_y(0.5):.0f}) rotate(-90)" text-anchor="middle">{up}</text>',
            "</g></svg>",
        ]
    )


def _mark(at: float, across: float, up: float) -> str:
    return "\n".join(
        [
            _line(0, at, 1, at, dashed=False),
            f'<text x="{_LEFT - 6}" y="{_y(at) + 4:.1f}" text-anchor="end">{at * up:.3g}</text>',
            f'<text x="{_x(at):.1f}" y="{_y(0) + 16:.1f}" text-anchor="middle">{at * across:.3g}</text>',
        ]
    )


def _line(x1: float, y1: float, x2: float, y2: float, *, dashed: bool) -> str:
    look = 'stroke-dasharray="5 4"' if dashed else 'stroke-opacity="0.3"'
    ends = f'x1="{_x(x1):.1f}" y1="{_y(y1):.1f}" x2="{_x(x2):.1f}" y2="{_y(y2):.1f}"'
    return f'<line {ends} stroke="{_INK}" {look}/>'


def _x(value: float) -> float:
    return _LEFT + value * (_WIDTH - _LEFT - 14)


def _y(value: float) -> float:
    return _TOP + (1 - value) * (_HEIGHT - _TOP - _BOTTOM)
