"""What the schools of the demo do beside posting: rules of their own, weekly plans, checks; and what families say."""

import datetime as dt
import random
import secrets
from collections.abc import Iterator

from django.utils import timezone

from accounts.models import User
from homework.models import Feedback, Notice, SpotCheck, TimeSample
from homework.services import feedback, school_rules, spot_checks, week_plans
from reports.city.make import Tell
from schools.models import ClassGroup, Posting, Role, School

WEDNESDAY = 3
# Notices of so many days have answers of families.
DAYS_ANSWERED = 30
MESSAGES = (
    (
        Feedback.Kind.TOO_LONG,
        "昨天的书面作业孩子写到九点半，比公示的时间长不少。",
        "已与任课教师核对，当天两科作业撞在一起，今后由年级组统筹。",
        True,
    ),
    (
        Feedback.Kind.REPETITIVE,
        "生字要求抄写的遍数太多，孩子都会写了还要抄。",
        "已改为只抄不会的字。谢谢您的提醒。",
        True,
    ),
    (
        Feedback.Kind.PARENTS,
        "群里要求家长检查作业并签字，请学校管一管。",
        "已核实并要求改正，作业由教师批改，不需要家长签字。",
        True,
    ),
    (Feedback.Kind.PHONE, "英语听读要用手机软件完成。", "该软件是家长自愿选用的，不是作业，已在班上说明。", False),
    (Feedback.Kind.OTHER, "希望周末的作业早一点公布。", "", None),
)


def live(first_day: dt.date, last_day: dt.date, seed: int, tell: Tell) -> None:
    """Of days of homework that are there already. Three schools in four have a rule of their own."""
    rng = random.Random(seed)  # noqa: S311 - for play, not for secrets
    tell("一校一策、周计划、作业检查、家长反馈…")
    for number, school in enumerate(School.objects.select_related("unit").order_by("unit__code")):
        office = _office(school)
        if number % 4 != 3:
            _adopt_rule(office, school, first_day)
        if number % 3 == 0:
            _plan_week(office, school)
        if number % 3 == 1:
            _check(office, school, last_day, seed + number)
        if number < len(MESSAGES) * 2:
            _hear(office, school, last_day, MESSAGES[number % len(MESSAGES)])
    TimeSample.objects.bulk_create(_answers(rng, last_day), batch_size=1000)


def _office(school: School) -> User:
    return Posting.objects.filter(unit=school.unit, role=Role.ACADEMIC_OFFICE).select_related("user")[0].user


def _adopt_rule(by: User, school: School, first_day: dt.date) -> None:
    terms = school_rules.Terms(
        title=f"{school.unit.name}作业管理办法",
        first_day=first_day,
        cut_off=dt.time(18, 0),
        text="作业由年级组统筹，教师先做一遍再布置。\n作业全批全改，每周至少面批一次，不要求家长批改。",
    )
    school_rules.adopt_school_rule(by=by, school=school, terms=terms)


def _plan_week(by: User, school: School) -> None:
    """From tomorrow on, Wednesday is a day without homework where there is any."""
    cells = {(grade, WEDNESDAY): week_plans.Cell(is_no_homework_day=True) for grade in school.grades if grade > 2}
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    week_plans.adopt_week_plan(by=by, school=school, first_day=tomorrow, cells=cells)


def _check(by: User, school: School, last_day: dt.date, seed: int) -> SpotCheck:
    check = spot_checks.start_spot_check(
        by=by,
        school=school,
        title="第一次作业检查",
        scheme="随机抽查各年级作业本，看批改、分层和面批。",
        first_day=last_day - dt.timedelta(days=4),
        last_day=last_day,
        seed=seed,
        count=6,
    )
    for place, sample in enumerate(check.samples.all()):
        spot_checks.record_sample(
            by=by,
            sample=sample,
            is_all_marked=place != 2,
            is_layered=place % 2 == 0,
            is_face_to_face=place != 4,
            problems="个别订正没有复批。" if place == 2 else "",
        )
    spot_checks.finish_spot_check(by=by, check=check, summary="总体较好，订正后的复批需要加强。")
    return check


def _hear(by: User, school: School, day: dt.date, said: tuple[str, str, str, bool | None]) -> None:
    kind, text, answer, is_upheld = said
    class_group = (
        ClassGroup.objects.filter(school=school).on(day).select_related("school__unit").in_order().reverse()[0]
    )
    message = feedback.send_feedback(
        class_group=class_group,
        kind=kind,
        text=text,
        day=day,
        receipt=feedback.new_receipt(),
        today=timezone.localdate(),
    )
    if is_upheld is not None:
        feedback.answer_feedback(by=by, message=message, answer=answer, is_upheld=is_upheld)


def _answers(rng: random.Random, last_day: dt.date) -> Iterator[TimeSample]:
    """A few families of some classes, who need a little longer than was declared."""
    notices = Notice.objects.between(last_day - dt.timedelta(days=DAYS_ANSWERED), last_day).filter(load_minutes__gt=0)
    for notice in notices.order_by("pk"):
        if rng.random() > 0.3:
            continue
        for _ in range(rng.randint(3, 9)):
            minutes = min(max(round(notice.load_minutes * rng.gauss(1.1, 0.2)), 5), 300)
            yield TimeSample(
                notice=notice,
                school_id=notice.school_id,
                minutes=minutes,
                finished=rng.random() < 0.93,
                given_on=notice.day,
                device=secrets.token_hex(32),
            )
