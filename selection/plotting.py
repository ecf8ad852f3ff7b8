"""A PNG of accuracy against labels, with a band over the seeds. No screen needed."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from selection.core.comparison import Curve


def save_curves(curves: Sequence[Curve], ceiling: float, title: str, path: Path) -> None:
    """Draw mean test accuracy per strategy, the range over seeds and the full-data ceiling."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for curve in curves:
        line = axes.plot(curve.labels, curve.mean, marker="o", markersize=3, label=curve.strategy)
        axes.fill_between(
            curve.labels, curve.low, curve.high, alpha=0.15, color=line[0].get_color()
        )
    axes.axhline(ceiling, color="grey", linewidth=1, linestyle="--", label="all labels")
    axes.set(xlabel="labels (audit items included)", ylabel="test accuracy", title=title)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=120)
