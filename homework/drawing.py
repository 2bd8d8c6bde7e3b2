"""Drawing by lot so that anybody can draw again: from a list and a seed, by SHA-256 alone.

The lots are put in the order of SHA-256 of "seed|class|subject", written in decimal digits and hashed as ASCII; the
first ones are drawn. No random number generator is asked, so neither Python's version nor the machine matters.
"""

import hashlib
from collections.abc import Iterable

# A class's and a subject's id.
Lot = tuple[int, int]

LARGEST_SEED = 2**31 - 1


def mark(seed: int, lot: Lot) -> str:
    """By which a lot takes its place: 64 hexadecimal digits."""
    class_id, subject_id = lot
    return hashlib.sha256(f"{seed}|{class_id}|{subject_id}".encode("ascii")).hexdigest()


def draw(seed: int, lots: Iterable[Lot], count: int) -> list[Lot]:
    """`count` different lots, in the order drawn; the order of `lots` does not matter. Raises ValueError for fewer lots
    than that, or for none to draw."""
    different = set(lots)
    if not 1 <= count <= len(different):
        raise ValueError(f"{count} of {len(different)}")
    return sorted(different, key=lambda lot: mark(seed, lot))[:count]


def digest(lots: Iterable[Lot]) -> str:
    """Of the list drawn from: SHA-256 of its "class|subject" lines, sorted by number, each ended by a line feed."""
    lines = "".join(f"{class_id}|{subject_id}\n" for class_id, subject_id in sorted(set(lots)))
    return hashlib.sha256(lines.encode("ascii")).hexdigest()
