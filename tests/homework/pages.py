"""Who may open which page of homework."""

import datetime as dt

from homework import services
from homework.models import SchoolRule
from homework.services.school_rules import Terms, adopt_school_rule
from tests import factories as make
from tests.access import OUTSIDERS, Page, expect
from tests.homework.check_pages import CHECK_PAGES
from tests.homework.family_pages import FAMILY_PAGES
from tests.world import World

EVERYBODY = expect(200, anonymous=200)
OVERSEERS = expect(
    403,
    academic_office=200,
    principal=200,
    supervisor=200,
    county_officer=200,
    city_officer=200,
    outside_academic_office=200,
    outside_officer=200,
)
RULE_MAKERS = expect(403, county_officer=200, city_officer=200, outside_officer=200)
RULE_ENDERS = expect(
    403, academic_office=200, county_officer=200, city_officer=200, outside_academic_office=200, outside_officer=200
)
AREA_OVERSEERS = expect(403, supervisor=200, county_officer=200, city_officer=200, outside_officer=200)
# The liaison's department lies beside the schools: to her they do not exist.
HIDDEN = {"outside": 404, "liaison": 404}
HIDDEN_FROM = dict.fromkeys(("liaison", *OUTSIDERS), 404)
INSIDE = expect(200, **HIDDEN)

# Who oversees the school, and who teaches there: a class's public address is for the school to give.
ADDRESS_READERS = OVERSEERS | {"teacher": 200, "head_teacher": 200} | HIDDEN_FROM


def no_arguments(world: World) -> dict[str, object]:
    return {}


def the_class(world: World) -> dict[str, object]:
    return {"class_id": world.class_group.pk}


def the_school(world: World) -> dict[str, object]:
    return {"code": world.school.unit.code}


def the_key(world: World) -> dict[str, object]:
    return {"key": world.class_group.board_key}


def an_item(world: World) -> dict[str, object]:
    item = make.ItemFactory(by=world.teacher, class_group=world.class_group, overrun_reason="复习")
    return {"item_id": item.pk}


def a_saved_item(world: World) -> dict[str, object]:
    item = services.save_item(
        by=world.teacher, subject=world.subject, content="背诵", kind="oral", place="home", layer="all", minutes=5
    )
    return {"saved_id": item.pk}


def a_day(world: World) -> dict[str, object]:
    return the_class(world) | {"day": "2026-10-14"}


def an_overrun(world: World) -> dict[str, object]:
    item = make.ItemFactory(class_group=world.class_group, minutes=90, overrun_reason="复习")
    return {"notice_id": item.notice_id}


def a_school_limit(world: World) -> dict[str, object]:
    return {"limit_id": make.LocalLimitFactory(unit=world.school.unit).pk}


def two_versions(world: World) -> dict[str, object]:
    if SchoolRule.objects.filter(school=world.school).exists():  # pages may share a world
        return the_school(world)
    for first_day in (make.TODAY, make.TODAY + dt.timedelta(days=1)):
        terms = Terms(title="办法", first_day=first_day, cut_off=dt.time(18))
        adopt_school_rule(by=world.people["academic_office"], school=world.school, terms=terms)
    return the_school(world)


PAGES: dict[str, Page] = {
    **CHECK_PAGES,
    **FAMILY_PAGES,
    "homework:today": Page(no_arguments, expect(403, teacher=200, head_teacher=200, outside_teacher=200)),
    "homework:item_add": Page(the_class, expect(403, teacher=200, head_teacher=200, **HIDDEN)),
    "homework:item_withdraw": Page(an_item, expect(403, teacher=302, academic_office=302, **HIDDEN), method="post"),
    "homework:item_correct": Page(an_item, expect(403, teacher=200, **HIDDEN)),
    "homework:notice_detail": Page(a_day, expect(200, admin=403, **HIDDEN)),
    "homework:minutes": Page(no_arguments, expect(403, teacher=200, head_teacher=200, outside_teacher=200)),
    "homework:saved_item_list": Page(no_arguments, expect(403, teacher=200, head_teacher=200, outside_teacher=200)),
    "homework:saved_item_add": Page(an_item, expect(403, teacher=302, **HIDDEN), method="post"),
    "homework:saved_item_edit": Page(a_saved_item, expect(404, teacher=200)),
    "homework:saved_item_delete": Page(a_saved_item, expect(404, teacher=302), method="post"),
    "homework:no_homework_declare": Page(
        the_class, expect(403, teacher=302, head_teacher=302, **HIDDEN), method="post"
    ),
    "homework:no_homework_withdraw": Page(
        the_class, expect(403, teacher=302, head_teacher=302, **HIDDEN), method="post"
    ),
    "homework:day_close": Page(the_class, expect(403, head_teacher=302, academic_office=302, **HIDDEN), method="post"),
    "homework:day_reopen": Page(the_class, expect(403, head_teacher=302, academic_office=302, **HIDDEN), method="post"),
    "homework:review_list": Page(no_arguments, expect(403, academic_office=200, outside_academic_office=200)),
    "homework:review_return": Page(an_overrun, expect(403, academic_office=422, **HIDDEN), method="post"),
    "homework:review_pass": Page(
        no_arguments, expect(403, academic_office=302, outside_academic_office=302), method="post"
    ),
    "homework:incomplete_list": Page(no_arguments, expect(403, academic_office=200, outside_academic_office=200)),
    "homework:overview": Page(no_arguments, OVERSEERS),
    "homework:school_overview": Page(the_school, OVERSEERS | HIDDEN_FROM),
    "homework:limit_list": Page(no_arguments, OVERSEERS),
    "homework:limit_add": Page(no_arguments, RULE_MAKERS),
    "homework:limit_end": Page(a_school_limit, RULE_ENDERS | HIDDEN_FROM),
    "homework:cut_off_set": Page(no_arguments, RULE_MAKERS),
    "homework:reassess_progress": Page(no_arguments, OVERSEERS),
    "homework:school_rule_list": Page(no_arguments, AREA_OVERSEERS),
    "homework:school_rule_detail": Page(the_school, INSIDE),
    "homework:school_rule_write": Page(the_school, expect(403, academic_office=200, **HIDDEN)),
    "homework:school_rule_compare": Page(two_versions, INSIDE),
    "homework:school_rule_pdf": Page(lambda world: two_versions(world) | {"version": 2}, INSIDE),
    "homework:week_plan_detail": Page(the_school, INSIDE),
    "homework:week_plan_write": Page(the_school, expect(403, academic_office=200, **HIDDEN)),
    "homework:board_index": Page(no_arguments, EVERYBODY),
    "homework:board": Page(the_school, EVERYBODY),
    "homework:board_week": Page(the_school, EVERYBODY),
    "homework:board_changes": Page(the_school, EVERYBODY),
    "homework:board_class": Page(the_key, EVERYBODY),
    "homework:board_class_week": Page(the_key, EVERYBODY),
    "homework:board_class_changes": Page(the_key, EVERYBODY),
    "homework:board_addresses": Page(the_school, ADDRESS_READERS),
    "homework:board_door_sheets": Page(the_school, ADDRESS_READERS),
    "homework:board_indexing_set": Page(
        the_school, expect(403, academic_office=302, principal=302, **HIDDEN), method="post"
    ),
    "homework:class_poster": Page(the_class, ADDRESS_READERS),
    "homework:grade_poster": Page(lambda world: the_school(world) | {"grade": 5}, ADDRESS_READERS),
    "homework:board_address_renew": Page(
        the_class, expect(403, head_teacher=302, academic_office=302, **HIDDEN), method="post"
    ),
    "robots": Page(no_arguments, EVERYBODY),
}
