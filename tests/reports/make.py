"""Returns in a world, through the services."""

from typing import Any

from accounts.models import User
from reports.models import Return
from reports.returns import services
from schools.models import OrgUnit
from schools.periods import parse
from tests.world import World

PERIOD = parse("2026-10-H1")
ALL_YES = {
    "homework_posted": True,
    "homework_in_time": True,
    "parents_spared": True,
    "service_offered": True,
    "service_in_time": True,
}
OF_COUNTY = {
    "funding_secured": True,
    "advertising_controlled": True,
    "advertisements_dealt_with": 2,
    "leads": 5,
    "leads_closed": 3,
    "authority_named": True,
}
OF_CITY = {"authority_named": True, "standards_set": False}
ANSWERS = {"school": ALL_YES, "county": OF_COUNTY, "city": OF_CITY}


def filled(by: User, unit: OrgUnit, explanation: str = "已核对", **said: Any) -> Return:
    values = ANSWERS[unit.level] | said
    return services.fill(by=by, unit=unit, period=PERIOD, said=values, explanation=explanation)


def sent(world: World) -> Return:
    """The school's."""
    principal = world.people["principal"]
    return services.send(by=principal, row=filled(principal, world.school.unit))


def brought_to(state: str, world: World) -> Return | None:
    """The school's return after the usual steps to `state`."""
    officer = world.people["county_officer"]
    if state == "empty":
        return None
    if state == "filled":
        return filled(world.people["principal"], world.school.unit)
    row = sent(world)
    if state == "returned":
        return services.send_back(by=officer, row=row, text="第2项不对")
    return services.accept(by=officer, row=row) if state == "accepted" else row
