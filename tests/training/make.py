"""Institutions in a world, through the services."""

from typing import Any

from accounts.models import User
from schools.models import OrgUnit
from training.models import Institution
from training.services import register

DEFAULTS: dict[str, Any] = {"subject": "academic", "form": "offline", "registration": "profit", "permit": "approved"}


def institution(by: User, county: OrgUnit, name: str = "启明培训学校", **said: Any) -> Institution:
    made = register.add_institution(by=by, county=county, name=name, **DEFAULTS | said)
    assert made
    return made
