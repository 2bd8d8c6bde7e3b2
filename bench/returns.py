"""(j) Returns of 1,200 schools: the city's collection page, 催报 to 300, the national form and its paper."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bench import clock
from bench.pages import opened
from reports.city.make import Made
from reports.models import Return
from reports.national import papers
from reports.national.form import make_form
from reports.returns import services
from schools.models import OrgUnit, Posting, Role, School
from schools.periods import Period, PeriodKind, containing

WAITING = 300


def measure(made: Made) -> None:
    last = made.days[-1]
    period = containing(PeriodKind.HALF_MONTH, last)
    city = OrgUnit.objects.get(level=OrgUnit.Level.CITY)
    officer = Posting.objects.filter(role=Role.OFFICER, unit=city)[0].user
    schools = list(School.objects.order_by("pk").values_list("pk", flat=True))
    Return.objects.bulk_create(_sent(school, period, last, officer) for school in schools[WAITING:])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reports_return")
    _collection(officer, f"/reports/returns/{city.code}/{period.code}/collection/")
    seconds = clock.seconds(lambda: services.remind(city, period, last))
    told = services.remind(city, period, last)
    clock.keep("returns_remind", f"催报{told}个单位：{seconds:.2f}秒，一个任务", seconds=seconds, units=told)
    now = timezone.now()
    with CaptureQueriesContext(connection) as queries:
        form = make_form(city, period, decimals=2, now=now)
    seconds = clock.median_seconds(lambda: make_form(city, period, decimals=2, now=now), runs=3)
    printing = clock.seconds(lambda: papers.as_pdf(form, now=now, across=True))
    clock.keep(
        "returns_form",
        f"国家半月报表（全市）：计算{seconds:.2f}秒、{len(queries)}次查询，横排PDF {printing:.1f}秒",
        seconds=seconds,
        queries=len(queries),
        printing=printing,
    )


def _sent(school: int, period: Period, day: dt.date, officer: User) -> Return:
    row = Return(unit_id=school, level="school", kind=period.kind, first_day=period.first_day, last_day=period.last_day)
    for name in ("homework_posted", "homework_in_time", "parents_spared", "service_offered", "service_in_time"):
        setattr(row, name, True)
    row.state, row.sent_by, row.first_sent_on = Return.State.SENT, officer, day
    return row


def _collection(officer: User, url: str) -> None:
    seconds, asked = opened(officer, url, runs=9)
    clock.keep(
        "returns_collection",
        f"收表页（市，1,200校）：{seconds * 1000:.0f}毫秒，{asked}次查询",
        seconds=seconds,
        queries=asked,
    )
