"""The demo's training institutions: a register with its baseline, money, wrongdoing, risks and a campaign."""

import datetime as dt

from accounts.models import User
from reports.city.make import Tell
from schools.credit_code import check_character
from schools.models import OrgUnit, Posting, Role
from training.models import Institution
from training.policy import months_after
from training.services import campaigns, courses, money, register, warning, wrongdoing

# Name, subject, form, registration, permit, and what became of it.
INSTITUTIONS = (
    ("启明文化培训学校", "academic", "offline", "non_profit", "approved", ""),
    ("新思路教育培训中心", "academic", "offline", "non_profit", "approved", ""),
    ("博学堂培训学校", "academic", "offline", "profit", "approved", "close"),
    ("优学教育培训中心", "academic", "offline", "profit", "approved", "convert"),
    ("学海教育培训学校", "academic", "offline", "profit", "none", "suspend"),
    ("小画家美术培训中心", "other", "offline", "profit", "approved", ""),
    ("飞跃篮球俱乐部", "other", "offline", "profit", "approved", ""),
    ("云上科创编程中心", "other", "online", "profit", "approved", ""),
)
WRONG = (
    ("阳光小区某培训点", "disguised", "live_in", "居民楼内以住家教师名义讲授数学。"),
    ("学海教育培训学校", "overtime", "", "周六上午组织学科类培训。"),
)


def train(last_day: dt.date, tell: Tell) -> None:
    """In every county the same kinds of institution, and one county's worth of everything that is done about them."""
    tell("校外培训机构…")
    city = OrgUnit.objects.get(level=OrgUnit.Level.CITY)
    counties = list(OrgUnit.objects.filter(level=OrgUnit.Level.COUNTY).order_by("code"))
    for number, county in enumerate(counties):
        officer = _officer(county)
        _register(officer, county, number, last_day)
        _deal_with(officer, county, last_day)
    campaign = campaigns.open_campaign(
        by=_officer(city),
        unit=city,
        targets={county.pk: 5 for county in counties},
        name="预收费监管全覆盖专项行动",
        what="逐家核对监管账户、示范合同和一次收费。",
        first_day=last_day - dt.timedelta(days=10),
        last_day=last_day + dt.timedelta(days=20),
    )
    if campaign:
        for county in counties:
            campaigns.put_on_list(by=_officer(county), campaign=campaign, county=county)
        for row in campaign.checks.select_related("institution__county")[::3]:
            by = _officer(row.institution.county)
            campaigns.record_check(by=by, check=row, day=last_day, result="账户和合同齐全。", has_problem=False)
    warning.look_everywhere(last_day)


def _officer(unit: OrgUnit) -> User:
    return Posting.objects.filter(unit=unit, role=Role.OFFICER).order_by("pk")[0].user


def _register(officer: User, county: OrgUnit, number: int, last_day: dt.date) -> None:
    frozen_on = last_day - dt.timedelta(days=60)
    made = [_institution(officer, county, number, place, last_day) for place in range(len(INSTITUTIONS))]
    register.freeze_baseline(by=officer, county=county, day=frozen_on)
    for institution, (*_, step) in zip(made, INSTITUTIONS, strict=True):
        if step:
            day = last_day - dt.timedelta(days=20)
            register.take_step(by=officer, institution=institution, step=step, day=day, reason="依申请办理")
    _teach(officer, made[1], last_day)
    _pay(officer, made[0], last_day, out=18_000)
    _pay(officer, made[5], last_day, out=96_000)


def _institution(officer: User, county: OrgUnit, number: int, place: int, last_day: dt.date) -> Institution:
    name, subject, form, registration, permit, _ = INSTITUTIONS[place]
    first = f"5237{number:02d}{place:02d}MJ{number:02d}{place:02d}000"
    is_kept = place not in (2, 3, 4)
    made = register.add_institution(
        by=officer,
        county=county,
        name=f"{county.name}{name}",
        credit_code=first + check_character(first),
        subject=subject,
        form=form,
        registration=registration,
        permit=permit,
        authority="教育局" if subject == "academic" else "行业主管部门",
        approver=f"{county.name}行政审批局",
        licence_no=f"教民{county.code}70{place:05d}",
        licence_until=last_day + dt.timedelta(days=400 if place != 6 else -5),
        founded_on=last_day - dt.timedelta(days=900),
        address=f"{county.name}文化路{10 + place}号",
        prepaid_control="custody" if is_kept and place != 7 else "none",
        model_contract=is_kept,
        guide_price=subject == "academic" and is_kept,
        on_platform=is_kept,
    )
    assert made  # noqa: S101 - no form was sent twice
    return made


def _teach(officer: User, institution: Institution, last_day: dt.date) -> None:
    courses.add_course(
        by=officer,
        institution=institution,
        slots=[(2, 17 * 60 + 30, 19 * 60)],
        name="五年级语文阅读",
        size="small",
        lessons=24,
        lesson_minutes=45,
        cents=96_000,
        first_day=last_day - dt.timedelta(days=20),
        last_day=last_day + dt.timedelta(days=40),
    )


def _pay(officer: User, institution: Institution, last_day: dt.date, *, out: int) -> None:
    """An account with the statement of the month before."""
    month = months_after(last_day.replace(day=1), -1)
    account = money.open_account(
        by=officer,
        institution=institution,
        kind="custody",
        bank="农商银行",
        number_end="3701",
        minimum_cents=5_000_000,
        opened_on=month,
    )
    first, second = month + dt.timedelta(days=4), month + dt.timedelta(days=17)
    text = f"日期,收入,支出,余额\n{first},40000,,140000\n{second},,{out},{140_000 - out}\n"
    if account:
        money.bring_in_statement(by=officer, account=account, content=text.encode())


def _deal_with(officer: User, county: OrgUnit, last_day: dt.date) -> None:
    """One case dealt with and made known, one that waits."""
    for place, (who, kind, disguise, what) in enumerate(WRONG):
        case = wrongdoing.enter(
            by=officer,
            county=county,
            who=f"{county.name}{who}",
            kind=kind,
            disguise=disguise,
            what=what,
            found_on=last_day - dt.timedelta(days=12),
            officers=3,
        )
        if case and place == 0:
            wrongdoing.decide(
                by=officer,
                violation=case,
                clause="53-18",
                basis="《校外培训行政处罚暂行办法》（教育部令第53号）第十八条",
                decision="责令改正，退还所收费用，警告。",
                decided_on=last_day - dt.timedelta(days=8),
                fine_cents=500_000,
            )
            wrongdoing.publish(by=officer, violation=case, day=last_day - dt.timedelta(days=6), where="官网通告")
