"""What an issued paper says of itself beyond its figures."""

import datetime as dt
from dataclasses import dataclass

from paper.official import Head


@dataclass(frozen=True, slots=True)
class Particulars:
    code: str  # as printed
    address: str  # of the public page that knows the code
    made_by: str
    checked_by: str
    issued_by: str
    at: dt.datetime
    head: Head | None  # only where it was given a number


def spaced(code: str) -> str:
    """As printed, in groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
