"""Numbers as JSON holds them on every database: no infinity."""

import math
from collections.abc import Iterable


def plain(found: Iterable[float] | None) -> list[float | None] | None:
    """Return the numbers of a range, None for what never comes."""
    if found is None:
        return None
    return [float(each) if math.isfinite(each) else None for each in found]
