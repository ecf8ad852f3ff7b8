"""A share and how far it may be off. Plain Python, for web processes."""

from math import sqrt

# Both ends of a 95 % interval.
Z_95 = 1.959963984540054


def wilson(hits: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """Wilson's interval of a share, z standard deviations to either side.

    Unit: share. Errors: none; (0, 1) of nothing. Source: Wilson 1927.
    """
    if n == 0:
        return 0.0, 1.0
    share, spread = hits / n, z * z / n
    half = z * sqrt(share * (1 - share) / n + spread / (4 * n))
    middle = share + spread / 2
    return max((middle - half) / (1 + spread), 0.0), min((middle + half) / (1 + spread), 1.0)
