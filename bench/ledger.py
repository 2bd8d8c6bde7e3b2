"""(i) A ledger of 100,000 findings: the page of a county's and a city's officer, searched, filtered, far back."""

import datetime as dt
import random
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import User
from bench import clock
from inspections import words
from inspections.models import Finding
from reports.city.copy import copy_rows, reserve
from reports.city.make import Made
from schools.models import OrgUnit, Posting, Role, School

FINDINGS = 100_000
LEAST_OPEN = 0.2
WHERE = ("三年级教室", "公示栏", "图书角", "运动场", "课后服务教室", "门卫室", "教导处", "五年级办公室")
WHAT = ("作业公示不及时", "手机管理登记不全", "课后服务点名缺漏", "体育课被占用", "教辅征订不规范", "睡眠管理没有台账")
COLUMNS = (
    *("id", "owner_id", "rule", "subject", "category", "severity", "what", "demand", "found_on", "first_due_on"),
    *("due_on", "state", "stage", "reopened", "on_the_spot", "closed_on", "words"),
)
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
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE inspections_finding")
        cursor.execute("SELECT pg_table_size('inspections_finding'), pg_indexes_size('inspections_finding')")
        sizes = [size / 1e6 for size in cursor.fetchone()]
    clock.keep(
        "ledger_make",
        f"{FINDINGS}个问题：{seconds:.0f}秒，表 {sizes[0]:.0f} MB、索引 {sizes[1]:.0f} MB",
        seconds=seconds,
    )
    county = OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY).order_by("code")[0]
    city = OrgUnit.objects.get(level=OrgUnit.Level.CITY)
    # As in `make run`, but without its folder of collected files.
    plain = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain, ALLOWED_HOSTS=["testserver"]):
        for unit, who in ((county, "县"), (city, "市")):
            _pages(Posting.objects.filter(role=Role.OFFICER, unit=unit)[0].user, who)


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


def _pages(officer: User, who: str) -> None:
    client = Client()
    client.force_login(officer, "accounts.sign_in.PhoneBackend")
    for name, said in PAGES.items():
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/inspections/", said)
            asked = len(queries)
        assert page.status_code == 200
        seconds = clock.median_seconds(lambda said=said: client.get("/inspections/", said), runs=5)
        clock.keep(
            f"ledger_{who}_{name}",
            f"台账（{who}）{name}：{seconds * 1000:.0f}毫秒，{asked}次查询（应<300毫秒、≤10次）",
            seconds=seconds,
            queries=asked,
        )
