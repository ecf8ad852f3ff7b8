"""Is a count of failures more than chance would explain?"""

from scipy.stats import binom

# A test with a fixed seed that passes goes on passing; this is how strict it was when written.
DOUBT = 0.001


def wrong_too_often(wrong: int, runs: int, allowed: float) -> bool:
    """Say whether so many wrong runs would hardly occur if each were wrong with `allowed`."""
    return bool(binom.sf(wrong - 1, runs, allowed) < DOUBT)
