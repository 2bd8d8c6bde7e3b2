"""A school's plan: written, sent, returned, filed, and judged again when the rules' local part changes."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.sent_forms import is_first
from accounts.services import audit
from afterschool import policy
from afterschool.models import Dismissal, Plan, PlanSlot, Season
from afterschool.off_work import OffWorkBook, off_work_at
from afterschool.plan_terms import DAY, PlanTerms, TitledSlot, terms_from, terms_of
from afterschool.policy import Failure
from afterschool.services.courses import path_of
from afterschool.week import WEEKDAYS
from paper.pdf import require_printable, unprintable
from schools.models import ChangedDay, OrgUnit, Posting, Role, School, SchoolDay
from schools.models.units import codes_in

# A year typed wrong would hold every day for good.
FARTHEST = dt.timedelta(days=366)
MOST_SLOTS = 120
# Plans judged with one reading of their timetables.
BATCH = 500
# Refusals of what somebody else has done meanwhile carry this code.
GONE = "gone"


def check(school: School, terms: PlanTerms) -> list[Failure]:
    """The rules that a plan with these terms would break. Two queries."""
    return _failures(terms, off_work_at(school, terms))


def failures_of(plan: Plan) -> list[Failure]:
    """With where: of its timetable as it is stored, by the off-work times said so far."""
    return check(plan.school, terms_of(plan))


@transaction.atomic
def write_plan(*, by: User, school: School, terms: PlanTerms) -> Plan:
    """Save a draft: what was not sent yet or was returned is overwritten, else it is the school's next version.

    Raises ValidationError with keys as "first_day", "winter_first_day", "slots", "safety"; with code "gone" while the
    county has an earlier version before it.
    """
    _lock(school)
    path = school.unit.path_on_typed(max(terms.first_day, timezone.localdate()))
    _require_sound(terms)
    plan = _draft(school, terms.first_day, terms.last_day)
    for name in ("first_day", "last_day", "lessons_end_at", "winter_first_day", "winter_last_day"):
        setattr(plan, name, getattr(terms, name))
    for name in TEXTS:
        setattr(plan, name, "\n".join(getattr(terms, name).strip().splitlines()))  # browsers end lines with CRLF
    plan.state, plan.made_by, plan.made_at = Plan.State.DRAFT, by, timezone.now()
    plan.failures = _ids(check(school, terms))
    plan.full_clean(validate_constraints=False)
    plan.save()
    _write_parts(plan, terms)
    audit(by=by, action="plan.write", subject=plan, path=path, version=plan.version, failures=plan.failures)
    return plan


@transaction.atomic
def write_plan_once(*, by: User, key: uuid.UUID | None, school: School, terms: PlanTerms) -> Plan | None:
    """`write_plan`; None where the form with this key was carried out before."""
    if key and not is_first(by, key):
        return None
    return write_plan(by=by, school=school, terms=terms)


@transaction.atomic
def submit_plan(*, by: User, plan: Plan) -> Plan:
    """Send the draft to the county, with the verdict of the rules: a plan that breaks some may be sent all the same.

    Raises ValidationError: it is no draft (code "gone"), has no timetable, or is over.
    """
    locked = _locked(plan, Plan.State.DRAFT, "这一版已经报送过。")
    terms = terms_of(locked)
    if not terms.slots:
        raise ValidationError("还没有填写时段，请先填好再报送。")
    if terms.last_day < timezone.localdate():
        raise ValidationError("截止日期已经过去，请改好日期再报送。")
    locked.state, locked.submitted_by, locked.submitted_at = Plan.State.SUBMITTED, by, timezone.now()
    locked.failures = _ids(check(locked.school, terms))
    locked.save()
    path = locked.school.unit.path_on(timezone.localdate())
    slots = [f"{Season(one.season).label}{one.slot.name} {one.name}" for one in terms.slots]
    audit(by=by, action="plan.submit", subject=locked, path=path, failures=locked.failures, slots=slots)
    what = f"不达标{len(locked.failures)}项" if locked.failures else "时间达标"
    _tell(_filers(path), locked, f"{locked.school}报送了课后服务方案第{locked.version}版（{what}），待备案。")
    return locked


@transaction.atomic
def return_plan(*, by: User, plan: Plan, note: str) -> Plan:
    """Send it back with what to change. Raises ValidationError: not waiting (code "gone"), or no note."""
    locked = _locked(plan, Plan.State.SUBMITTED, _too_late(plan))
    locked.state, locked.note = Plan.State.RETURNED, note.strip()
    locked.decided_by, locked.decided_at = by, timezone.now()
    require_printable(note=locked.note)
    locked.full_clean()
    locked.save()
    audit(by=by, action="plan.return", subject=locked, path=path_of(locked.school), note=locked.note)
    _tell(_office(locked), locked, f"课后服务方案第{locked.version}版被退回：{locked.note}")
    return locked


@transaction.atomic
def file_plan(*, by: User, plan: Plan, filing_no: str, despite_failures: bool = False) -> Plan:
    """File it: it is in force from its first day, and the one filed before ends the day before.

    It is judged once more. Raises ValidationError: not waiting (code "gone"), no number, rules broken that the officer
    has not said she knows of ("despite_failures"), or a filed one that begins no earlier ("first_day").
    """
    locked = _locked(plan, Plan.State.SUBMITTED, _too_late(plan))
    failures = failures_of(locked)
    if failures and not despite_failures:
        raise ValidationError(
            {"despite_failures": f"这份方案有{len(failures)}项不达标。仍要备案的，请勾选“已知不达标，仍备案”。"}
        )
    locked.failures = _ids(failures)
    locked.state, locked.filing_no = Plan.State.FILED, filing_no.strip()
    locked.decided_by, locked.decided_at = by, timezone.now()
    require_printable(filing_no=locked.filing_no)
    _end_earlier(locked)
    locked.full_clean()
    locked.save()
    _note_days(locked)
    audit(
        by=by,
        action="plan.file",
        subject=locked,
        path=path_of(locked.school),
        filing_no=locked.filing_no,
        failures=locked.failures,
    )
    known = "（备案时注明不达标）" if failures else ""
    text = f"课后服务方案第{locked.version}版已备案，备案号{locked.filing_no}{known}。"
    _tell(_office(locked), locked, text)
    return locked


def judge_plans(day: dt.date) -> int:
    """Judge again the plans that are not over on `day`: off-work times may have changed. Return how many changed."""
    return _judge(Plan.objects.all(), day)


def judge_again(*, unit: OrgUnit, day: dt.date) -> int:
    """`judge_plans` of the schools at or below `unit`."""
    return _judge(Plan.objects.filter(school__in=School.objects.under(unit, day)), day)


def _judge(plans: models.QuerySet[Plan], day: dt.date) -> int:
    """Some at a time, each lot in a transaction of its own; safe to repeat."""
    ids = list(plans.filter(last_day__gte=day).order_by("pk").values_list("pk", flat=True))
    return sum(_judge_some(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))


@transaction.atomic
def _judge_some(ids: list[int]) -> int:
    plans = list(Plan.objects.filter(pk__in=ids).order_by("pk").select_for_update().prefetch_related("slots"))
    book = OffWorkBook.read({plan.school_id for plan in plans})
    changed = 0
    for plan in plans:
        terms = terms_from(plan, plan.slots.all())
        found = _ids(_failures(terms, book.by_season(plan.school_id, terms)))
        if found != plan.failures:
            audit(by=None, action="plan.judge", subject=plan, before=plan.failures, after=found)
            plan.failures = found
            plan.save(update_fields=["failures"])
            changed += 1
            if plan.state == Plan.State.FILED:
                _note_days(plan)
    return changed


def _failures(terms: PlanTerms, off_work: dict[str, dt.time | None]) -> list[Failure]:
    slots = [one.planned for one in terms.slots]
    return policy.check_plan(slots, lessons_end_at=terms.lessons_end_at, off_work_at=off_work)


def _ids(failures: list[Failure]) -> list[str]:
    return [failure.rule.id for failure in failures]


TEXTS = ("places", "fee", "fee_published_at", "safety")


def _require_sound(terms: PlanTerms) -> None:
    if terms.last_day < terms.first_day:
        raise ValidationError({"last_day": "截止日期不能早于起始日期。"})
    if terms.first_day > timezone.localdate() + FARTHEST:
        raise ValidationError({"first_day": "最多提前一年，请核对年份。"})
    if terms.last_day > terms.first_day + FARTHEST:
        raise ValidationError({"last_day": "一份方案最长一学年，请核对年份。"})
    require_printable(**{name: getattr(terms, name) for name in TEXTS})
    _require_seasons(terms)
    _require_slots(terms.slots)


def _require_seasons(terms: PlanTerms) -> None:
    """Both winter days or none, in order, within the plan; and a timetable of a season only where there are two."""
    first_day, last_day = terms.winter_first_day, terms.winter_last_day
    if (first_day is None) != (last_day is None):
        missing = "winter_first_day" if first_day is None else "winter_last_day"
        raise ValidationError({missing: "冬季作息请填写起止两个日期；全学期一个作息的，两个都不填。"})
    if first_day is None or last_day is None:
        if any(one.season != Season.ALL for one in terms.slots):
            raise ValidationError({"winter_first_day": "有夏季或冬季的时段，请填写冬季作息的起止日期。"})
        return
    if last_day < first_day:
        raise ValidationError({"winter_last_day": "冬季作息的截止日期不能早于起始日期。"})
    if last_day < terms.first_day or terms.last_day < first_day:
        raise ValidationError({"winter_first_day": "冬季作息不在方案的起止日期之内，请核对。"})


def _require_slots(slots: tuple[TitledSlot, ...]) -> None:
    said: list[str] = []
    seen = set()
    for one in slots:
        where = f"{Season(one.season).label if one.season != Season.ALL else ''}{WEEKDAYS[one.slot.weekday]}"
        if one.slot.ends_at <= one.slot.starts_at:
            said.append(f"{where}{one.slot.starts_at:%H:%M}—{one.slot.ends_at:%H:%M}：结束时间必须晚于开始时间。")
        key = (one.season, one.slot.weekday, one.slot.starts_at, one.kind)
        if key in seen:
            said.append(f"{where}{one.slot.starts_at:%H:%M}安排了两次；同时开展的内容请写在一行里。")
        seen.add(key)
        if bad := unprintable(one.title):
            said.append(f"“{bad}”印不到纸上，请换成文字。")
    if len(slots) > MOST_SLOTS:
        said.append(f"时段最多{MOST_SLOTS}个，请合并内容。")
    if said:
        raise ValidationError({"slots": list(dict.fromkeys(said))})


def _lock(school: School) -> None:
    """One change of a school's plans at a time."""
    School.objects.select_for_update(no_key=True).get(pk=school.pk)


def _draft(school: School, first_day: dt.date, last_day: dt.date) -> Plan:
    """The row to write to: the last version while it is the school's own to change, else a new one."""
    latest = Plan.objects.filter(school=school).order_by("-version").first()
    if latest and latest.state == Plan.State.SUBMITTED:
        raise ValidationError(f"第{latest.version}版已报送，等教育局备案或退回以后才能再改。", code=GONE)
    _require_later(school, first_day, last_day)
    if latest and latest.state in (Plan.State.DRAFT, Plan.State.RETURNED):
        return latest
    return Plan(school=school, version=latest.version + 1 if latest else 1)


def _require_later(school: School, first_day: dt.date, last_day: dt.date) -> None:
    """A filed plan that would be in force on a day of these ends the day before: so it must have begun earlier."""
    later = Plan.objects.touching(first_day, last_day).filter(school=school, first_day__gte=first_day).first()
    if later:
        begins = f"{later.first_day:%Y年%-m月%-d日}"
        raise ValidationError({"first_day": f"已备案的第{later.version}版自{begins}起执行，新的一版应晚于这一天。"})


def _write_parts(plan: Plan, terms: PlanTerms) -> None:
    plan.slots.all().delete()
    plan.dismissals.all().delete()
    slots = [
        PlanSlot(
            plan=plan,
            kind=one.kind,
            season=one.season,
            weekday=one.slot.weekday,
            starts_at=one.slot.starts_at,
            ends_at=one.slot.ends_at,
            title=one.title.strip(),
        )
        for one in terms.slots
    ]
    rows: list[models.Model] = [*slots]
    rows += [Dismissal(plan=plan, grade=grade, leaves_at=time) for grade, time in terms.dismissals.items()]
    for row in rows:
        row.full_clean(validate_unique=False, validate_constraints=False)
    PlanSlot.objects.bulk_create(slots)
    Dismissal.objects.bulk_create(row for row in rows if isinstance(row, Dismissal))


def _locked(plan: Plan, state: str, refusal: str) -> Plan:
    """The plan as it is now, to be changed by nobody else; it must be in `state`."""
    _lock(plan.school)
    plans = Plan.objects.filter(school=plan.school_id).select_related("school__unit").order_by("pk")
    locked = next(one for one in plans.select_for_update(of=("self",)) if one.pk == plan.pk)
    if locked.state != state:
        raise ValidationError(refusal, code=GONE)
    return locked


def _too_late(plan: Plan) -> str:
    return f"第{plan.version}版不在待备案的状态，可能已由同事处理，请刷新页面。"


def _end_earlier(plan: Plan) -> None:
    _require_later(plan.school, plan.first_day, plan.last_day)
    for earlier in Plan.objects.touching(plan.first_day, plan.last_day).filter(school=plan.school):
        _note_days(earlier)
        earlier.last_day = plan.first_day - DAY
        earlier.save(update_fields=["last_day"])


def _note_days(plan: Plan) -> None:
    """Its school days are to be counted again."""
    days = SchoolDay.objects.held().between(plan.first_day, plan.last_day).filter(school=plan.school_id)
    ChangedDay.objects.note((plan.school_id, day) for day in days.values_list("day", flat=True))


def _tell(users: models.QuerySet[User], plan: Plan, text: str) -> None:
    """The other side, once for each change of state."""
    at = plan.decided_at if plan.state != Plan.State.SUBMITTED else plan.submitted_at
    key = f"plan:{plan.pk}:{plan.state}:{at.timestamp():.0f}" if at else f"plan:{plan.pk}"
    url = reverse("afterschool:plan_detail", args=[plan.school.unit.code])
    tell(users, key=key, text=text, url=f"{url}?version={plan.version}")


def _filers(path: str) -> models.QuerySet[User]:
    """Officers above the school below the city's level; of the city, where the school stands directly below it."""
    codes = codes_in(path)[:-1]
    today = timezone.localdate()
    officers = Posting.objects.on(today).filter(role=Role.OFFICER, unit__code__in=codes)
    return _people(officers.exclude(unit__level=OrgUnit.Level.CITY) if len(codes) > 1 else officers)


def _office(plan: Plan) -> models.QuerySet[User]:
    today = timezone.localdate()
    return _people(Posting.objects.on(today).filter(unit=plan.school_id, role=Role.ACADEMIC_OFFICE))


def _people(postings: models.QuerySet[Posting]) -> models.QuerySet[User]:
    return User.objects.filter(Q(pk__in=postings.order_by().values("user")), is_active=True)
