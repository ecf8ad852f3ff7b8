"""The learning curve as SVG without styles or scripts: for paper and for files sent on."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 14, 34
TICKS_ALONG = 6


@dataclass(frozen=True)
class Place:
    """A point of a line with its interval, all within 0 and 1 upward."""

    x: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Frame:
    """Where numbers lie on the drawing."""

    most: float
    bottom: float
    top: float

    def x(self, at: float) -> str:
        return f"{LEFT + (WIDTH - LEFT - RIGHT) * at / self.most:.1f}"

    def y(self, share: float) -> str:
        part = (share - self.bottom) / (self.top - self.bottom)
        return f"{HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part:.1f}"


def draw(
    curve: Sequence[Place],
    path: Sequence[Place] = (),
    *,
    random: Sequence[Place] = (),
    target: float | None = None,
) -> str:
    """Return the drawing: curve with its band, forecast and random labels dashed, target.

    "" without a point. Classes of the elements (band, line, forecast, random, grid, target) are for
    a stylesheet.
    """
    if not curve:
        return ""
    every = [*curve, *path, *random]
    lows = [p.low for p in every] + ([target] if target else [])
    highs = [p.high for p in every] + ([target] if target else [])
    bottom = max(floor(min(lows) * 10) / 10, 0.0)
    frame = Frame(
        most=max(p.x for p in every) or 1.0,
        bottom=bottom,
        top=max(min(ceil(max(highs) * 10) / 10, 1.0), bottom + 0.1),
    )
    parts = [
        _grid(frame),
        *(_band(frame, places, name) for places, name in ((curve, "band"), (path, "band far"))),
        _line(frame, path, "forecast"),
        _line(frame, random, "random"),
        _line(frame, curve, "line"),
        "".join(_dot(frame, p) for p in curve) if len(curve) <= 60 else "",
        _target(frame, target),
    ]
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} aria-hidden="true">{"".join(parts)}</svg>'
    )


def _grid(frame: Frame) -> str:
    n = round((frame.top - frame.bottom) * 10)
    rows = [frame.bottom + k / 10 for k in range(n + 1)]
    step = _step(frame.most)
    columns = [k * step for k in range(int(frame.most / step) + 1)]
    right = WIDTH - RIGHT
    lines = "".join(
        f'<path class="grid" d="M{LEFT} {frame.y(y)}H{right}"/>'
        + _text(LEFT - 8, frame.y(y), f"{y:.1f}", "end", "0.32em")
        for y in rows
    )
    along = "".join(
        _text(frame.x(x), HEIGHT - BOTTOM + 16, f"{x:,.0f}", "middle", "0") for x in columns
    )
    return lines + along + _text(WIDTH / 2, HEIGHT - 4, "Labels", "middle", "0")


def _step(most: float) -> float:
    """Return a round distance between numbers along the bottom: 1, 2 or 5 times a power of ten."""
    rough = max(most / TICKS_ALONG, 1.0)
    power = 10.0 ** floor(log10(rough))
    return next(k * power for k in (1, 2, 5, 10) if k * power >= rough)


def _text(x: object, y: object, words: str, anchor: str, down: str) -> str:
    return f'<text x="{x}" y="{y}" dy="{down}" text-anchor="{anchor}">{escape(words)}</text>'


def _band(frame: Frame, places: Sequence[Place], name: str) -> str:
    if len(places) < 2:
        return ""
    upper = [f"{frame.x(p.x)} {frame.y(p.high)}" for p in places]
    lower = [f"{frame.x(p.x)} {frame.y(p.low)}" for p in reversed(places)]
    return f'<path class="{name}" d="M{"L".join([*upper, *lower])}Z"/>'


def _line(frame: Frame, places: Sequence[Place], name: str) -> str:
    if len(places) < 2:
        return ""
    points = "L".join(f"{frame.x(p.x)} {frame.y(p.value)}" for p in places)
    return f'<path class="{name}" d="M{points}" fill="none"/>'


def _dot(frame: Frame, p: Place) -> str:
    return f'<circle class="dot" cx="{frame.x(p.x)}" cy="{frame.y(p.value)}" r="3"/>'


def _target(frame: Frame, target: float | None) -> str:
    if not target:
        return ""
    y = frame.y(target)
    line = f'<path class="target" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
    return line + _text(LEFT + 6, float(y) - 6, f"target {target:.2f}", "start", "0")
