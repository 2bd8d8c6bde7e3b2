"""Who may open which page of reports."""

from schools.periods import parse
from tests.access import Page, expect
from tests.reports import issue, make
from tests.world import World


def of_county(world: World) -> dict[str, str]:
    return {"code": world.county.code, "period": "2026-10-H1"}


def of_report(world: World) -> dict[str, str]:
    """Of the county, made and not yet sent."""
    issue.unprinted_report(world.county)
    return of_county(world)


def an_issued(world: World) -> dict[str, str | None]:
    """Of a half-month of which nothing else is made."""
    return {"code": issue.marked_issued(world.county, "234567892345", parse("2026-09-H2")).code}


# Scope hides the county from everybody below it and beside it; inside it only officers have reports.
OFFICERS_ONLY = {"supervisor": 403, "admin": 403}


def of_school(world: World) -> dict[str, str]:
    return {"code": world.school.unit.code}


def a_return(world: World) -> dict[str, str]:
    """The school's, sent."""
    row = make.sent(world)
    return {"code": world.school.unit.code, "period": row.period.code, "step": "send_back"}


OVERSEERS = {"academic_office": 200, "principal": 200, "supervisor": 200, "county_officer": 200, "city_officer": 200}
# Inside the school, but not their job; to the liaison's department and to other schools and counties it does not exist.
NOT_THEIRS = {"teacher": 403, "head_teacher": 403, "admin": 403}
OF_A_SCHOOL = expect(404, **OVERSEERS, **NOT_THEIRS)

# Whoever reports of the school and whoever receives from it; others inside see that it is there, and may not.
RETURNING = {"academic_office": 200, "principal": 200, "county_officer": 200, "city_officer": 200}
OF_A_RETURN = expect(404, **RETURNING, **NOT_THEIRS, supervisor=403)
OFFICERS = expect(404, county_officer=200, city_officer=200, **OFFICERS_ONLY)
OFFICERS_ACT = OFFICERS | {"county_officer": 302, "city_officer": 302}

PAGES: dict[str, Page] = {
    "home": Page(lambda world: {}, expect(200)),
    "reports:indicator_list": Page(lambda world: {}, expect(200)),
    "reports:insight": Page(
        lambda world: {},
        expect(403, outside_academic_office=302, outside_officer=302, **dict.fromkeys(OVERSEERS, 302)),
    ),
    "reports:insight_unit": Page(of_school, OF_A_SCHOOL),
    "reports:insight_map": Page(of_school, OF_A_SCHOOL),
    "reports:insight_data": Page(lambda world: of_school(world) | {"name": "own"}, OF_A_SCHOOL),
    "reports:insight_balance": Page(of_school, OF_A_SCHOOL),
    "reports:insight_trend": Page(of_school, OF_A_SCHOOL),
    "reports:insight_notices": Page(of_school, OF_A_SCHOOL),
    "reports:insight_signs": Page(of_school, OF_A_SCHOOL),
    "reports:service": Page(
        lambda world: {},
        expect(403, outside_academic_office=302, outside_officer=302, **dict.fromkeys(OVERSEERS, 302)),
    ),
    "reports:service_school": Page(of_school, OF_A_SCHOOL),
    # Scope hides the county from everybody below it and beside it.
    "reports:service_area": Page(
        lambda world: {"code": world.county.code},
        expect(404, county_officer=200, city_officer=200, supervisor=200, admin=403),
    ),
    "reports:returns": Page(
        lambda world: {}, expect(403, **RETURNING, outside_academic_office=200, outside_officer=200)
    ),
    "reports:return_detail": Page(lambda world: of_school(world) | {"period": "2026-10-H1"}, OF_A_RETURN),
    "reports:return_step": Page(
        a_return,
        OF_A_RETURN | {"academic_office": 403, "principal": 403, "county_officer": 422, "city_officer": 422},
        "post",
    ),
    "reports:return_collection": Page(of_county, OFFICERS),
    "reports:return_compare": Page(of_county, OFFICERS),
    "reports:return_remind": Page(of_county, OFFICERS_ACT, "post"),
    "reports:return_accept": Page(of_county, OFFICERS_ACT, "post"),
    "reports:burden": Page(
        lambda world: {}, expect(403, principal=302, county_officer=302, city_officer=302, outside_officer=302)
    ),
    "reports:burden_asked": Page(lambda world: {}, expect(200)),
    # Nobody's school has turned it on.
    "reports:burden_add": Page(lambda world: {}, expect(403), "post"),
    "reports:burden_unit": Page(
        of_school,
        expect(
            404, principal=200, **NOT_THEIRS, academic_office=403, supervisor=403, county_officer=403, city_officer=403
        ),
    ),
    "reports:burden_sharing": Page(of_school, OF_A_SCHOOL | dict.fromkeys(NOT_THEIRS, 200)),
    "reports:national_form": Page(of_county, OFFICERS),
    "reports:national_file": Page(lambda world: of_county(world) | {"format": "json"}, OFFICERS),
    "reports:report_list": Page(
        lambda world: {}, expect(403, principal=200, county_officer=200, city_officer=200, outside_officer=200)
    ),
    "reports:report_detail": Page(of_county, expect(404, county_officer=200, city_officer=200, **OFFICERS_ONLY)),
    "reports:report_make": Page(
        of_county, expect(404, county_officer=302, city_officer=302, **OFFICERS_ONLY), method="post"
    ),
    "reports:report_make_all": Page(
        lambda world: {"period": "2026-10-H1"},
        expect(403, county_officer=302, city_officer=302, outside_officer=302),
        method="post",
    ),
    # Nothing has been made: whoever may see it finds nothing.
    "reports:report_download": Page(
        lambda world: of_county(world) | {"version": 1, "format": "pdf"}, expect(404, **OFFICERS_ONLY)
    ),
    "reports:report_step": Page(
        lambda world: {**of_report(world), "step": "send"},
        expect(404, county_officer=302, city_officer=403, **OFFICERS_ONLY),
        "post",
    ),
    "reports:verify_start": Page(lambda world: {}, expect(200, anonymous=200)),
    "reports:verify": Page(an_issued, expect(200, anonymous=200)),
    "reports:report_zip": Page(
        lambda world: {"period": "2026-10-H1"}, expect(403, county_officer=404, city_officer=404, outside_officer=404)
    ),
}
