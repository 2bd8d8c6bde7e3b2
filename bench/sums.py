"""Roll-ups of a large city against bare SQL: a month, a day, a tick, and the reading of a month by county."""

import random
from pathlib import Path

from django.db import connection, transaction

from bench import clock
from homework.models import Notice
from reports import rollup
from reports.city.make import Made
from reports.models import PLACE, HomeworkTally
from schools.calendar import days_between, school_year
from schools.models import ChangedDay

BARE_MONTH_SQL = (Path(__file__).parent / "bare_month.sql").read_text(encoding="utf8")
CHANGED_CLASS_DAYS = 150


def month(made: Made) -> None:
    """(a) A month of homework's sums, day by day as the product makes them, against one bare statement."""
    first, last = made.days[0], made.days[-1]
    with connection.cursor() as cursor:
        # The same columns, checks and indexes, but no foreign key.
        cursor.execute("CREATE TABLE bench_tally (LIKE reports_homeworktally INCLUDING ALL)")

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE bench_tally")
            cursor.execute(BARE_MONTH_SQL, {"first_day": first, "last_day": last, "school_year": school_year(first)})

    def ours() -> None:
        for day in days_between(first, last):
            with transaction.atomic():
                rollup.replace_day(rollup.HOMEWORK, day)

    ours_seconds, bare_seconds = clock.side_by_side(ours, bare, runs=3)
    _require_same_rows()
    ratio = ours_seconds / bare_seconds
    clock.keep(
        "month_rebuild",
        f"{len(made.days)}天 {made.notices}份公示：{ours_seconds:.2f}秒，裸SQL {bare_seconds:.2f}秒，"
        f"比值 {ratio:.2f}（应≤1.25）",
        ours_seconds=ours_seconds,
        bare_seconds=bare_seconds,
        ratio=ratio,
        days=len(made.days),
        notices=made.notices,
        items=made.items,
    )


def _require_same_rows() -> None:
    """Raises AssertionError when the two ways differ in a single row."""
    columns = ", ".join(["school_id", "day", "grade", *HomeworkTally.COUNTS])
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH ours AS (SELECT {columns} FROM reports_homeworktally), bare AS (SELECT {columns} FROM bench_tally) "
            "SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM "
            "((TABLE ours EXCEPT TABLE bare) UNION ALL (TABLE bare EXCEPT TABLE ours)) AS differing)"
        )
        rows, differing = cursor.fetchone()
    if not rows or differing:
        raise AssertionError(f"{differing} of {rows} rows differ from the bare statement's.")


def day_and_tick(made: Made) -> None:
    """(b) One day of the whole city, and a tick that takes 150 changed class-days."""
    day = made.days[len(made.days) // 2]
    day_seconds = clock.median_seconds(lambda: rollup.rebuild_day(day), runs=7)
    changed = list(Notice.objects.on(day).values_list("school_id", "day"))
    rng = random.Random(1)
    ticks = []
    for _ in range(7):
        # Appended one by one as posts do, not merged per school as `note` would.
        ChangedDay.objects.bulk_create(
            ChangedDay(school_id=school, day=on) for school, on in rng.sample(changed, CHANGED_CLASS_DAYS)
        )
        ticks.append(clock.seconds(lambda: rollup.take_changed_days(until=made.days[-1])))
    tick_seconds = sorted(ticks)[len(ticks) // 2]
    clock.keep(
        "day_rebuild",
        f"一天 {day_seconds:.3f}秒；{CHANGED_CLASS_DAYS}个班日的变更 {tick_seconds:.3f}秒",
        day_seconds=day_seconds,
        tick_seconds=tick_seconds,
        changed_class_days=CHANGED_CLASS_DAYS,
    )


def read_month(made: Made) -> None:
    """(c) A city's month by county, read from the sums."""
    first, last = made.days[0], made.days[-1]
    path = f"/{made.city.code}/"

    def read() -> list[dict[str, object]]:
        rows = HomeworkTally.objects.below([path]).between(first, last)
        return list(rows.sums_by(f"{PLACE}parent"))

    counties = len(read())
    milliseconds = clock.median_seconds(read, runs=15) * 1000
    clock.keep(
        "month_by_county",
        f"{HomeworkTally.objects.count()}行汇总、{counties}个县：{milliseconds:.1f}毫秒（应<50）",
        milliseconds=milliseconds,
        counties=counties,
    )


def settle() -> None:
    """Empty the outbox that the city left full, and let the tables rest as after a night."""
    ChangedDay.objects.all()._raw_delete(ChangedDay.objects.db)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
