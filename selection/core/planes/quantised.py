"""Places on the plane as small whole numbers, for a page to draw."""

import numpy as np
from numpy.typing import NDArray

from selection.core.types import AnyArray, CoreError

SIDE = 65_535


def quantised(places: AnyArray) -> NDArray[np.uint16]:
    """Places in a square of 65,536 steps a side, their proportions kept: (n, 2).

    Shapes: places (n, 2). Unit: steps from the lower left. Raises CoreError on places that are
    not finite. Source: ours; of the two sides the shorter one lies in the middle.
    """
    if not np.isfinite(places).all():
        raise CoreError("a place on the map is not a finite number")
    if len(places) == 0:
        return np.empty((0, 2), dtype=np.uint16)
    low, high = places.min(axis=0), places.max(axis=0)
    side = float((high - low).max()) or 1.0
    offset = (1 - (high - low) / side) / 2
    shares = (places - low) / side + offset
    return np.asarray(np.clip(np.rint(shares * SIDE), 0, SIDE), dtype=np.uint16)
