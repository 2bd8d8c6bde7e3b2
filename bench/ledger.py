"""(i) A ledger of 100,000 findings and 50,000 complaints: the pages of a county's and a city's officer."""

import datetime as dt
import random
from collections.abc import Iterator

from django.db import connection

from accounts.models import User
from bench import clock
from bench.pages import opened
from inspections import words
from inspections.models import Complaint, Finding
from reports.city.copy import copy_rows, reserve
from reports.city.make import Made
from schools.models import OrgUnit, Posting, Role, School

FINDINGS, COMPLAINTS = 100_000, 50_000
LEAST_OPEN = 0.2
WHERE = ("三年级教室", "公示栏", "图书角", "运动场", "课后服务教室", "门卫室", "教导处", "五年级办公室")
WHAT = ("作业公示不及时", "手机管理登记不全", "课后服务点名缺漏", "体育课被占用", "教辅征订不规范", "睡眠管理没有台账")
COLUMNS = (
    *("id", "owner_id", "rule", "subject", "category", "severity", "what", "demand", "found_on", "first_due_on"),
    *("due_on", "state", "stage", "reopened", "on_the_spot", "closed_on", "words"),
)
COMPLAINT_COLUMNS = (
    *("id", "unit_id", "source", "kind", "target_name", "text", "is_named", "received_on", "due_on", "state"),
    *("handler_id", "outcome", "reply", "replied_on", "closed_on", "satisfied_note"),
)
COMPLAINT_PAGES = {"未办结": {}, "超期": {"state": "overdue"}, "全部第900页": {"state": "all", "page": "900"}}
PAGES = {
    "首页": {},
    "查“点名”": {"q": "点名"},
    "查“图书角教辅”": {"q": "图书角 教辅"},
    "超期": {"shown": "overdue"},
    "全部第1900页": {"shown": "all", "page": "1900"},
    "类别加日期": {"shown": "all", "category": "phones", "since": "2026-03-01"},
}


def measure(made: Made) -> None:
    today = made.days[-1]
    seconds = clock.seconds(lambda: copy_rows(Finding, COLUMNS, _rows(today)))
    copy_rows(Complaint, COMPLAINT_COLUMNS, _complaints(today))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE inspections_finding, inspections_complaint")
        cursor.execute("SELECT pg_table_size('inspections_finding'), pg_indexes_size('inspections_finding')")
        sizes = [size / 1e6 for size in cursor.fetchone()]
    clock.keep(
        "ledger_make",
        f"{FINDINGS}个问题：{seconds:.0f}秒，表 {sizes[0]:.0f} MB、索引 {sizes[1]:.0f} MB",
        seconds=seconds,
    )
    county = OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY).order_by("code")[0]
    city = OrgUnit.objects.get(level=OrgUnit.Level.CITY)
    for unit, who in ((county, "县"), (city, "市")):
        officer = Posting.objects.filter(role=Role.OFFICER, unit=unit)[0].user
        _pages(officer, "/inspections/", PAGES, f"台账（{who}）")
        _pages(officer, "/inspections/complaints/", COMPLAINT_PAGES, f"举报（{who}）")


def _rows(today: dt.date) -> Iterator[tuple[object, ...]]:
    rng = random.Random(3)
    owners = list(School.objects.order_by("pk").values_list("pk", "unit__name"))
    categories = Finding.Category.choices
    for pk in reserve(Finding, FINDINGS):
        owner, name = rng.choice(owners)
        category, label = rng.choice(categories)
        found_on = today - dt.timedelta(days=rng.randrange(400))
        due_on = found_on + dt.timedelta(days=14)
        what = f"{rng.choice(WHERE)}：{rng.choice(WHAT)}"
        state = rng.choice(("found", "rectifying", "submitted", "verified")) if rng.random() < LEAST_OPEN else "closed"
        closed_on = found_on + dt.timedelta(days=rng.randrange(1, 20)) if state == "closed" else None
        text = words.document(what, "按规定整改", name, str(label))
        tokens = " ".join(f"'{token}':{place}" for place, token in enumerate(text.split(), 1))
        head = (pk, owner, "", "", category, rng.choice(("minor", "major", "grave")), what, "按规定整改", found_on)
        yield (*head, due_on, due_on, state, 0, int(rng.random() < 0.05), False, closed_on, tokens)


def _complaints(today: dt.date) -> Iterator[tuple[object, ...]]:
    """Four in five are closed."""
    rng = random.Random(4)
    counties = list(OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY).order_by("pk").values_list("pk", flat=True))
    handler = Posting.objects.filter(role=Role.OFFICER)[0].user_id
    kinds = Complaint.Kind.values
    for pk in reserve(Complaint, COMPLAINTS):
        received_on = today - dt.timedelta(days=rng.randrange(400))
        due_on = received_on + dt.timedelta(days=21)
        head = (pk, rng.choice(counties), "web", rng.choice(kinds), f"第{pk % 900}小学", "情况", False, received_on)
        if rng.random() < 0.8:
            answer = ("not_upheld", "已核实", received_on + dt.timedelta(days=9), received_on + dt.timedelta(days=12))
            yield (*head, due_on, "closed", handler, *answer, "")
        else:
            yield (*head, due_on, "received", None, "", "", None, None, "")


def _pages(officer: User, url: str, pages: dict[str, dict[str, str]], what: str) -> None:
    for name, said in pages.items():
        seconds, asked = opened(officer, url, said)
        clock.keep(
            f"ledger_{what}_{name}",
            f"{what}{name}：{seconds * 1000:.0f}毫秒，{asked}次查询（应<300毫秒、≤10次）",
            seconds=seconds,
            queries=asked,
        )
