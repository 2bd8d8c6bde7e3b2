"""Characters that no text of the database can hold, in addresses, filters and forms: not there, or said in words."""

import pytest

pytestmark = pytest.mark.django_db

IN_THE_PATH = (
    "/inspections/report/%00/",
    "/inspections/units/%00/file/",
    "/inspections/units/%00/findings/add/",
    "/training/baselines/%00/",
    "/service/schools/%00/plan/",
    "/homework/board/%00/",
    "/reports/%00/2026-10/",
)
FILTERED = (
    "/inspections/",
    "/inspections/visits/",
    "/inspections/complaints/",
    "/inspections/letters/",
    "/training/",
    "/training/violations/",
)


def test_in_a_path_it_leads_nowhere(world, signed_in):
    client = signed_in("city_officer")
    assert {url: client.get(url).status_code for url in IN_THE_PATH} == dict.fromkeys(IN_THE_PATH, 404)


def test_in_a_filter_it_is_nothing(world, signed_in):
    client = signed_in("city_officer")
    said = dict.fromkeys(("q", "unit", "page", "category", "state", "kind", "since", "subject"), "\0")
    assert {url: client.get(url, said).status_code for url in FILTERED} == dict.fromkeys(FILTERED, 200)


def test_in_a_form_it_is_refused_or_left_out(world, client, signed_in):
    said = {"kind": "fees", "target_name": "a\0b", "text": "x\0", "name": "\0"}
    assert client.post(f"/inspections/report/{world.county.code}/", said).status_code == 422
    assert client.post("/inspections/report/follow/", {"code": "\0"}).status_code == 422
    officer = signed_in("county_officer")
    act = {"finding": ["\0"], "act": "close", "query": "q=%00"}
    assert officer.post("/inspections/ledger/act/", act).status_code == 302
    assert officer.post("/inspections/ledger/filters/", {"name": "\0", "query": "\0"}).status_code == 302
