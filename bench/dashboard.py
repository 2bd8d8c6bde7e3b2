"""(k) The city's dashboard of four weeks: every school and day, from the sums."""

from bench import clock, sums
from bench.pages import opened
from reports import rollup
from reports.city.make import Made
from reports.models import HomeworkTally
from schools.models import OrgUnit, Posting, Role, School


def measure(made: Made) -> None:
    if not HomeworkTally.objects.exists():  # measured alone
        rollup.rebuild_days(made.days[0], made.days[-1])
        sums.settle()
    city = OrgUnit.objects.get(level=OrgUnit.Level.CITY)
    officer = Posting.objects.filter(role=Role.OFFICER, unit=city)[0].user
    day = made.days[-1].isoformat()
    seconds, asked = opened(officer, f"/reports/insight/{city.code}/map/", {"day": day})
    schools = School.objects.count()
    clock.keep(
        "dashboard",
        f"看板（市，{schools}校，四周）：{seconds * 1000:.0f}毫秒，{asked}次查询（应≤12）",
        seconds=seconds,
        queries=asked,
        schools=schools,
    )
