"""Who may open which page of the register."""

from itertools import count
from typing import Any

from paper.workbook import Column, Sheet, write_workbook
from tests.access import Page, expect
from tests.training import make
from tests.world import World
from training.services import imports

NUMBERS = count(1)


def an_institution(world: World) -> dict[str, Any]:
    name = f"启明第{next(NUMBERS)}培训学校"
    return {"institution_id": make.institution(world.people["county_officer"], world.county, name).pk}


def the_county(world: World) -> dict[str, Any]:
    return {"code": world.county.code}


def an_import(world: World) -> dict[str, Any]:
    """Of the county's: looked at, with one line that is broken."""
    officer = world.people["county_officer"]
    columns = [Column(header, header) for header in ("名称", "类别")]
    content = write_workbook([Sheet("导出", columns, [("甲学校", "学科类"), ("乙学校", None)])])
    batch = imports.send_in(by=officer, unit=world.county, name="a.xlsx", content=content)
    imports.set_mapping(by=officer, batch=batch, mapping=batch.mapping)
    return {"batch_id": batch.pk}


# Of a county's register: people of the bureau; who works below the county does not even see it.
READERS = expect(404, supervisor=200, county_officer=200, city_officer=200, admin=403)
KEEPERS = expect(404, supervisor=403, county_officer=200, city_officer=200, admin=403)
OFFICERS = expect(403, county_officer=200, city_officer=200, outside_officer=200)

BUREAU = ("county_officer", "city_officer")

PAGES: dict[str, Page] = {
    "training:register": Page(lambda world: {}, OFFICERS | {"supervisor": 200}),
    "training:institution_add": Page(lambda world: {}, OFFICERS),
    "training:institution_detail": Page(an_institution, READERS),
    "training:institution_edit": Page(an_institution, KEEPERS),
    # Nothing is chosen, which is asked for.
    "training:institution_step": Page(an_institution, KEEPERS | dict.fromkeys(BUREAU, 422), method="post"),
    "training:institution_take_back": Page(an_institution, KEEPERS | dict.fromkeys(BUREAU, 302), method="post"),
    "training:import_list": Page(lambda world: {}, OFFICERS),
    "training:import_detail": Page(an_import, KEEPERS),
    "training:import_mapping": Page(an_import, KEEPERS),
    "training:import_errors": Page(an_import, KEEPERS),
    **{
        f"training:import_{act}": Page(an_import, KEEPERS | dict.fromkeys(BUREAU, 302), method="post")
        for act in ("decide", "apply", "undo")
    },
    "training:baseline_list": Page(lambda world: {}, OFFICERS | {"supervisor": 200}),
    "training:baseline_freeze": Page(the_county, KEEPERS),
}
