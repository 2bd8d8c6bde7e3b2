"""Who may open which page of the register."""

import datetime as dt
from itertools import count
from typing import Any

from paper.workbook import Column, Sheet, write_workbook
from tests.access import Page, expect
from tests.training import make
from tests.world import World
from training.models import (
    Account,
    CampaignCheck,
    Course,
    Employee,
    Institution,
    Signal,
    Statement,
    TutoringOfficer,
    Violation,
)
from training.services import arrangements, campaigns, courses, imports, money, register, tutoring, warning, wrongdoing

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


def an_account(world: World) -> dict[str, Any]:
    officer = world.people["county_officer"]
    institution = Institution.objects.get(pk=an_institution(world)["institution_id"])
    return {"account_id": make.account(officer, institution, opened_on=dt.date(2026, 9, 1)).pk}


def a_statement(world: World) -> dict[str, Any]:
    account = Account.objects.get(pk=an_account(world)["account_id"])
    lines = (("2026-09-05", 20_000), ("2026-09-20", -60_000))
    return {"statement_id": make.statement(world.people["county_officer"], account, *lines, opening=90_000).pk}


def an_institution_with_money(world: World) -> dict[str, Any]:
    """One account with a month that fell below its minimum, one contract that takes too much."""
    institution = Statement.objects.get(pk=a_statement(world)["statement_id"]).account.institution
    day = dt.date(2026, 9, 1)
    said = {"charged_by": "lessons", "lessons": 72, "cents": 580_000, "paid_on": day, "first_day": day}
    money.look_into_contract(
        by=world.people["county_officer"], institution=institution, number="合同2026第1号", looked_on=day, **said
    )
    return {"institution_id": institution.pk}


def a_course(world: World) -> dict[str, Any]:
    institution = Institution.objects.get(pk=an_institution(world)["institution_id"])
    made = courses.add_course(
        by=world.people["county_officer"],
        institution=institution,
        slots=[(6, 540, 585), (2, 1140, 1240)],
        name="三年级数学秋季班",
        size="small",
        lessons=30,
        lesson_minutes=45,
        cents=120_000,
        first_day=dt.date(2026, 10, 12),
        last_day=dt.date(2026, 12, 25),
    )
    assert made
    return {"course_id": made.pk}


def an_institution_with_courses(world: World) -> dict[str, Any]:
    institution = Employee.objects.get(pk=an_employee(world)["employee_id"]).institution
    Course.objects.filter(pk=a_course(world)["course_id"]).update(institution=institution)
    return {"institution_id": institution.pk}


def an_employee(world: World) -> dict[str, Any]:
    institution = Institution.objects.get(pk=an_institution(world)["institution_id"])
    made = courses.add_employee(
        by=world.people["county_officer"],
        institution=institution,
        name="王小雨",
        post="teacher",
        first_day=dt.date(2026, 9, 1),
    )
    assert made
    return {"employee_id": made.pk}


def a_violation(world: World) -> dict[str, Any]:
    return {"violation_id": make.violation(world.people["county_officer"], world.county).pk}


def a_decided_violation(world: World) -> dict[str, Any]:
    violation = Violation.objects.get(pk=a_violation(world)["violation_id"])
    said = {"decided_on": dt.date(2026, 10, 13), "clause": "53-18", "fine_cents": 2_000_000}
    return {"violation_id": make.decided(world.people["county_officer"], violation, **said).pk}


def a_signal(world: World) -> dict[str, Any]:
    institution = Institution.objects.get(pk=an_institution(world)["institution_id"])
    made = warning.note_signal(
        by=world.people["county_officer"],
        institution=institution,
        kind="wage_arrears",
        seen_on=dt.date(2026, 10, 12),
        evidence="两名教师来电反映8、9月工资没有发，已向机构负责人核实。",
    )
    assert made
    return {"signal_id": made.pk}


def an_institution_with_a_signal(world: World) -> dict[str, Any]:
    return {"institution_id": Signal.objects.get(pk=a_signal(world)["signal_id"]).institution_id}


def with_a_violation(world: World) -> dict[str, Any]:
    a_decided_violation(world)
    return {}


def with_a_signal(world: World) -> dict[str, Any]:
    a_signal(world)
    return {}


def an_arrangement(world: World) -> dict[str, Any]:
    said = {"kind": "advertising", "document": "东政办〔2026〕7号", "first_day": dt.date(2026, 9, 1)}
    return {"arrangement_id": arrangements.arrange(by=world.people["county_officer"], unit=world.county, **said).pk}


def a_campaign(world: World) -> dict[str, Any]:
    """The city's, with one of the county's institutions checked and one to be checked."""
    officer, day = world.people["county_officer"], dt.date(2026, 10, 12)
    made = campaigns.open_campaign(
        by=world.people["city_officer"],
        unit=world.city,
        targets={world.county.pk: 4, world.other_county.pk: 2},
        name=f"违规广告专项整治第{next(NUMBERS)}期",
        first_day=day,
        last_day=dt.date(2026, 10, 31),
    )
    assert made
    for _ in range(2):
        an_institution(world)
    campaigns.put_on_list(by=officer, campaign=made, county=world.county)
    check = made.checks.all()[0]
    campaigns.record_check(by=officer, check=check, day=day, result="楼道仍有广告", has_problem=True)
    return {"campaign_id": made.pk}


def with_a_campaign(world: World) -> dict[str, Any]:
    a_campaign(world)
    return {}


def a_check(world: World) -> dict[str, Any]:
    return {"check_id": CampaignCheck.objects.filter(campaign=a_campaign(world)["campaign_id"])[0].pk}


def a_case(world: World) -> dict[str, Any]:
    """Of the county, whose officer is named for it, as the city's is not."""
    officer = world.people["county_officer"]
    if not TutoringOfficer.objects.filter(user=officer).exists():
        tutoring.name_officer(by=world.people["city_officer"], county=world.county, user=officer)
    return {"case_id": make.tutoring_case(officer, world.county).pk}


def with_a_case(world: World) -> dict[str, Any]:
    a_case(world)
    return {}


def a_named_officer(world: World) -> dict[str, Any]:
    a_case(world)
    return {"officer_id": TutoringOfficer.objects.latest("pk").pk}


def a_public_area(world: World) -> dict[str, Any]:
    """With an institution that teaches something, one whose licence is gone, and wrongdoing made known."""
    officer = world.people["county_officer"]
    institution = Course.objects.get(pk=a_course(world)["course_id"]).institution
    Institution.objects.filter(pk=institution.pk).update(licence_no="教民141010070000001", approver="东县行政审批局")
    gone = Institution.objects.get(pk=an_institution(world)["institution_id"])
    day = dt.date(2026, 10, 13)
    register.take_step(by=officer, institution=gone, step="revoke", day=day, reason="东教罚〔2026〕2号")
    violation = Violation.objects.get(pk=a_decided_violation(world)["violation_id"])
    wrongdoing.publish(by=officer, violation=violation, day=day, where="东县教育局官网公告第8号")
    return {"code": world.county.code}


EVERYBODY = expect(200, anonymous=200)
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
    "training:money": Page(an_institution_with_money, READERS),
    "training:account_open": Page(an_institution, KEEPERS),
    "training:account_minimum": Page(an_account, KEEPERS),
    "training:account_close": Page(an_account, KEEPERS),
    "training:statement_add": Page(an_account, KEEPERS),
    "training:statement_detail": Page(a_statement, READERS),
    # Taken back by the first who may.
    "training:statement_take_back": Page(
        a_statement, KEEPERS | {"county_officer": 302, "city_officer": 404, "admin": 404}, method="post"
    ),
    "training:contract_add": Page(an_institution, KEEPERS),
    "training:courses": Page(an_institution_with_courses, READERS),
    "training:course_add": Page(an_institution, KEEPERS),
    "training:course_remove": Page(
        a_course, KEEPERS | {"county_officer": 302, "city_officer": 404, "admin": 404}, method="post"
    ),
    "training:employee_add": Page(an_institution, KEEPERS),
    "training:employee_end": Page(an_employee, KEEPERS),
    "training:standards": Page(lambda world: {}, OFFICERS | {"supervisor": 200}),
    "training:arrangement_add": Page(lambda world: {}, OFFICERS),
    "training:arrangement_end": Page(an_arrangement, KEEPERS),
    "training:guide_price_add": Page(lambda world: {}, OFFICERS),
    "training:threshold_add": Page(lambda world: {}, OFFICERS),
    "training:violation_list": Page(with_a_violation, OFFICERS | {"supervisor": 200}),
    "training:violation_add": Page(lambda world: {}, OFFICERS),
    "training:violation_detail": Page(a_decided_violation, READERS),
    "training:violation_decide": Page(a_violation, KEEPERS),
    "training:violation_publish": Page(a_decided_violation, KEEPERS),
    "training:risk_list": Page(with_a_signal, OFFICERS | {"supervisor": 200}),
    "training:institution_risk": Page(an_institution_with_a_signal, READERS),
    "training:signal_note": Page(an_institution, KEEPERS),
    "training:signal_decide": Page(a_signal, KEEPERS),
    "training:signal_end": Page(a_signal, KEEPERS),
    **{f"training:public_{page}": Page(a_public_area, EVERYBODY) for page in ("list", "csv")},
    "training:public_index": Page(lambda world: {}, EVERYBODY),
    "training:campaign_list": Page(with_a_campaign, OFFICERS | {"supervisor": 200}),
    "training:campaign_add": Page(lambda world: {"code": world.city.code}, expect(404, city_officer=200, admin=403)),
    # The city's are every county's to see and to work through.
    "training:campaign_detail": Page(a_campaign, OFFICERS | {"supervisor": 200}),
    "training:campaign_listing": Page(a_campaign, OFFICERS),
    "training:campaign_check": Page(a_check, KEEPERS),
    "training:case_list": Page(with_a_case, OFFICERS),
    "training:case_add": Page(with_a_case, expect(403, county_officer=200)),
    "training:case_detail": Page(a_case, KEEPERS | {"city_officer": 403}),
    "training:case_dispose": Page(a_case, KEEPERS | {"city_officer": 403}),
    "training:case_officers": Page(the_county, KEEPERS),
    "training:case_officer_end": Page(a_named_officer, KEEPERS | dict.fromkeys(BUREAU, 302), method="post"),
}
