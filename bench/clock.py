"""Taking times, and keeping them."""

import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """The median of `runs` runs, after one that warms caches and plans."""
    work()
    return statistics.median(seconds(work) for _ in range(runs))


def side_by_side(ours: Callable[[], object], bare: Callable[[], object], runs: int) -> tuple[float, float]:
    """Medians of both, run in turn so that a slow moment of the machine hits both alike."""
    ours(), bare()
    pairs = [(seconds(ours), seconds(bare)) for _ in range(runs)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def keep(name: str, summary: str, **figures: object) -> None:
    """Write the figures to var/bench/NAME.json and print the summary line."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"name": name, "summary": summary, **figures}, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf8")
    print(f"{name}: {summary}", flush=True)
