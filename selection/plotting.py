"""A PNG of accuracy and macro-F1 against labels, over the seeds. No screen needed."""

from collections.abc import Sequence
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


def _dress(axes: Axes, measure: str, title: str) -> None:
    axes.set(xlabel="labels (audit items included)", ylabel=measure, title=title)
    axes.grid(alpha=0.25)
