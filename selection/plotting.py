"""PNGs of accuracy against labels: of strategies, and of what pages said. No screen needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from selection.core.comparison import Curve


def save_curves(curves: Sequence[Curve], ceiling: float, title: str, path: Path) -> None:
    """Draw mean test accuracy per variant with its range over seeds, and mean macro-F1 beside it.

    The dashed line is the accuracy with all labels.
    """
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for curve in curves:
        line = left.plot(curve.labels, curve.mean, marker="o", markersize=3, label=curve.strategy)
        colour = line[0].get_color()
        left.fill_between(curve.labels, curve.low, curve.high, alpha=0.15, color=colour)
        right.plot(curve.labels, curve.macro_f1, marker="o", markersize=3, color=colour)
    left.axhline(ceiling, color="grey", linewidth=1, linestyle="--", label="all labels")
    left.legend(frameon=False, loc="lower right")
    _dress(left, "test accuracy", title)
    _dress(right, "macro-F1 on the test rows", "")
    figure.savefig(path, dpi=120)


@dataclass(frozen=True)
class Told:
    """What a page said of a model after some labels, beside how good it really was."""

    name: str
    labels: int
    truth: float
    value: float
    low: float
    high: float


def save_told(told: Sequence[Told], path: Path) -> None:
    """Draw, a panel per name, the estimate with its interval and the true accuracy."""
    names = list(dict.fromkeys(each.name for each in told))
    figure = Figure(figsize=(11, 3.2 * ((len(names) + 2) // 3)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots((len(names) + 2) // 3, 3, squeeze=False).flat
    for panel, name in zip(panels, names, strict=False):
        mine = [each for each in told if each.name == name]
        labels = [each.labels for each in mine]
        panel.fill_between(
            labels, [each.low for each in mine], [each.high for each in mine], alpha=0.2
        )
        panel.plot(labels, [each.value for each in mine], label="estimate, 95 % interval")
        panel.plot(labels, [each.truth for each in mine], color="black", label="true accuracy")
        panel.set(title=name, xlabel="labels", ylabel="accuracy")
        panel.grid(alpha=0.25)
    for panel in list(panels):
        panel.set_axis_off()
    figure.axes[0].legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=120)


def _dress(axes: Axes, measure: str, title: str) -> None:
    axes.set(xlabel="labels (audit items included)", ylabel=measure, title=title)
    axes.grid(alpha=0.25)
