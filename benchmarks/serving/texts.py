"""The texts every tool is given: about 25 words, of four kinds that can be learned."""

import random
from collections.abc import Iterator

CLASSES = ("World", "Sports", "Business", "Science")
WORDS = 25


def texts(n: int) -> Iterator[str]:
    rng = random.Random(7)
    common = [f"word{i}" for i in range(2_000)]
    kinds = [[f"{name.lower()}{i}" for i in range(60)] for name in CLASSES]
    for i in range(n):
        words = rng.choices(common, k=WORDS - 5) + rng.choices(kinds[i % 4], k=4)
        yield f"{' '.join(words)} n{i}"
