"""Who may open which page of the register."""

from typing import Any

from tests.access import Page, expect
from tests.training import make
from tests.world import World


def an_institution(world: World) -> dict[str, Any]:
    return {"institution_id": make.institution(world.people["county_officer"], world.county).pk}


def the_county(world: World) -> dict[str, Any]:
    return {"code": world.county.code}


# Of a county's register: people of the bureau; who works below the county does not even see it.
READERS = expect(404, supervisor=200, county_officer=200, city_officer=200, admin=403)
KEEPERS = expect(404, supervisor=403, county_officer=200, city_officer=200, admin=403)
OFFICERS = expect(403, county_officer=200, city_officer=200, outside_officer=200)

PAGES: dict[str, Page] = {
    "training:register": Page(lambda world: {}, OFFICERS | {"supervisor": 200}),
    "training:institution_add": Page(lambda world: {}, OFFICERS),
    "training:institution_detail": Page(an_institution, READERS),
    "training:institution_edit": Page(an_institution, KEEPERS),
    # Nothing is chosen, which is asked for.
    "training:institution_step": Page(
        an_institution, KEEPERS | {"county_officer": 422, "city_officer": 422}, method="post"
    ),
    "training:institution_take_back": Page(
        an_institution, KEEPERS | {"county_officer": 302, "city_officer": 302}, method="post"
    ),
    "training:baseline_list": Page(lambda world: {}, OFFICERS | {"supervisor": 200}),
    "training:baseline_freeze": Page(the_county, KEEPERS),
}
