"""The product's own web server under load."""

import datetime as dt
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from zoneinfo import ZoneInfo

from embedded import programs
from embedded.environment import ROOT
from embedded.processes import wait_until

# The server's clock: a Monday afternoon, the school day after the bench city's last.
NOW = dt.datetime(2026, 11, 2, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

PORT = 8799
START_SECONDS = 60
PROCESSES = 2
CONNECTIONS = 16


@contextmanager
def serving() -> Iterator[None]:
    """gunicorn as the product runs it, with the application of bench.wsgi."""
    web = programs.web(programs.free_port(str(PORT)))
    bench = replace(web, command=[*web.command[:-1], "bench.wsgi"])
    with programs.running_beside(bench, os.environ, ROOT):
        if not wait_until(web.is_ready, START_SECONDS):
            raise RuntimeError(f"gunicorn does not answer; see var/log/{web.name}.log")
        yield


def request(method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """As it goes over the line, on a connection that is kept."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{PORT}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += [f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Line:
    """One connection. It reads no more of an answer than its status, its length and its bytes."""

    def __init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def ask(self, wanted: bytes) -> int:
        """Send a request and return the answer's status, once the whole answer is here."""
        self.socket.sendall(wanted)
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n")[1:]:
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        while len(self.rest) < length:
            self._more()
        self.rest = self.rest[length:]
        return int(head[9:12])

    def _more(self) -> None:
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("The server closed the connection.")
        self.rest += received


def per_second(requests: Sequence[bytes], seconds: float, *, expected: int) -> float:
    """Answers a second with CONNECTIONS connections that each ask again at once, in turn through `requests`.

    Raises AssertionError for any other status than `expected`.
    """
    shares = [requests[place::CONNECTIONS] for place in range(CONNECTIONS)]
    per_process = CONNECTIONS // PROCESSES
    context = multiprocessing.get_context("fork")
    with context.Pool(PROCESSES) as pool:
        jobs = [
            pool.apply_async(_hammer, (shares[first : first + per_process], seconds, expected))
            for first in range(0, CONNECTIONS, per_process)
        ]
        return sum(job.get() for job in jobs) / seconds


def _hammer(shares: list[list[bytes]], seconds: float, expected: int) -> int:
    """How many answers these connections, a thread each, got in `seconds`."""
    counts = [0] * len(shares)
    wrong: list[int] = []
    until = time.perf_counter() + seconds

    def hammer(place: int) -> None:
        line = Line()
        for wanted in cycle(shares[place]):
            if time.perf_counter() >= until:
                return
            status = line.ask(wanted)
            if status != expected:
                wrong.append(status)
                return
            counts[place] += 1

    _in_threads(hammer, len(shares))
    if wrong:
        raise AssertionError(f"answered {wrong[0]}, not {expected}")
    return sum(counts)


def at_rate(requests: Sequence[bytes], a_second: float, *, expected: int) -> list[float]:
    """Milliseconds from the moment at which each request was due until its answer, at a steady rate, ascending."""
    started = time.perf_counter() + 0.5
    taken: list[float] = []
    wrong: list[int] = []

    def ask(place: int) -> None:
        line = Line()
        for number in range(place, len(requests), CONNECTIONS):
            due = started + number / a_second
            time.sleep(max(due - time.perf_counter(), 0))
            status = line.ask(requests[number])
            taken.append((time.perf_counter() - due) * 1000)
            if status != expected:
                wrong.append(status)

    _in_threads(ask, CONNECTIONS)
    if wrong or len(taken) != len(requests):
        raise AssertionError(f"answered {wrong[:3]}, not {expected}; {len(taken)} of {len(requests)} answers")
    return sorted(taken)


def _in_threads(work: object, count: int) -> None:
    threads = [threading.Thread(target=work, args=(place,)) for place in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
