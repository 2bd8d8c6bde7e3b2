"""Reports issued before some figures were introduced: they print as they were and are not corrected for them."""

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from reports import documents, evidence, tables
from reports.compute import compute
from reports.corrections import corrections
from reports.snapshot import from_json
from schools.periods import parse
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.reports.city import MONDAY, a_city, a_class, counted, post

pytestmark = pytest.mark.django_db

AFTER = dt.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
INTRODUCED = {*evidence.COUNTS, "days_off_within"}


@pytest.fixture
def snapshot():
    city = a_city()
    school = make.SchoolFactory(parent=make.CountyFactory(parent=city, name="东县"), name="东一小")
    post(a_class(school), MONDAY, 30)
    counted()
    return compute(city, parse("2026-10"), AFTER)


@pytest.fixture
def older(snapshot):
    """The same as it was kept before."""
    kept = snapshot.as_json()
    lines = [kept, *kept["areas"], *kept["schools"], *kept["grades"], *kept["days"]]
    for line in lines:
        line["counts"] = {name: count for name, count in line["counts"].items() if name not in INTRODUCED}
    kept["previous_counts"] = {name: count for name, count in kept["previous_counts"].items() if name not in INTRODUCED}
    return from_json(kept)


def test_it_states_what_it_stated(older):
    assert [figure.code for figure in tables.key_figures(older)] == ["H2", "H2a", "H3", "H4", "H5"]
    assert tables.beside(older) is None
    assert tables.school_headings(older)[3:] == [
        *tables.SCHOOL_COUNTS.values(),
        "班级日公示率",
        "按时公示率",
        "班级日超限率",
        "时间控制",
    ]


def test_figures_that_it_did_not_know_are_no_corrections(older, snapshot):
    assert corrections(older, snapshot) == []
    assert len(tables.key_figures(snapshot)) == 12


@pytest.mark.slow
def test_it_still_prints(older, snapshot):
    texts = []
    for one in (older, snapshot):
        pdf, *others = documents.print_all(one, AFTER)
        assert all(file.content for file in others)
        pages = PdfReader(io.BytesIO(pdf.content)).pages
        texts.append("".join(page.extract_text() for page in pages).replace(" ", "").replace("\n", ""))
    assert "班级日公示率（≥95%）1/333.33%" in texts[0]
    assert "表4" not in texts[0]
    assert "表4公示制度" in texts[1]
