"""Chinese for PostgreSQL's `simple` text search: what is written becomes pairs of characters. Pure.

No dictionary is needed and every word of two characters is found; a longer one is found as its pairs in a row.
"""

import re
import unicodedata

# A run of Chinese, or of letters and digits.
_RUNS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[0-9A-Za-z]+")


def document(*texts: str) -> str:
    """What `to_tsvector('simple', …)` shall read: each run's pairs, and its last character for itself.

    So each character begins a token, and one alone is found by its beginning.
    """
    return " ".join(" ".join(_tokens(run)) for run in _runs(" ".join(texts)))


def query(text: str) -> str:
    """For `to_tsquery('simple', …)`: each run of `text` as its pairs one after another; empty where nothing is left."""
    return " & ".join(_asked(run) for run in _runs(text))


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).lower())


def _tokens(run: str) -> list[str]:
    if run.isascii():
        return [run]
    return [run[place : place + 2] for place in range(len(run))]


def _asked(run: str) -> str:
    if run.isascii() or len(run) == 1:
        return f"{run}:*"
    return "(" + " <-> ".join(_tokens(run)[:-1]) + ")"
