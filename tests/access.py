"""The words in which each app states who may open which page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.world import World

OUTSIDERS = ("outside_teacher", "outside_academic_office", "outside_officer")
PERSONS = (
    "anonymous",
    "teacher",
    "head_teacher",
    "academic_office",
    "principal",
    "supervisor",
    "county_officer",
    "city_officer",
    "liaison",
    "admin",
    *OUTSIDERS,
)


@dataclass(frozen=True)
class Page:
    """A page and the status that each person gets. `kwargs` gives the address's arguments in a world."""

    kwargs: Callable[[World], dict[str, Any]]
    expected: dict[str, int]
    method: str = "get"
    query: str = ""


def expect(default: int, **exceptions: int) -> dict[str, int]:
    """One status per person; the signed-out are sent to sign in (302) unless said otherwise.

    `outside` sets all three outsiders.
    """
    outside = exceptions.pop("outside", default)
    unknown = exceptions.keys() - set(PERSONS)
    if unknown:
        raise ValueError(f"No such person: {unknown}")
    statuses = dict.fromkeys(PERSONS, default) | {"anonymous": 302} | dict.fromkeys(OUTSIDERS, outside)
    return statuses | exceptions
