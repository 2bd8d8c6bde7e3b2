"""Who may do what, where. The one place that knows; views and templates only ask.

Scope comes first and hides (404: the row does not exist for this user), role comes second
and refuses (403: it exists, but this is not her job). Both follow today's postings and today's tree.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Prepared
from schools.models import ClassGroup, HeadTeacher, OrgUnit, Posting, Role, Teaching
from schools.models.units import codes_in

Action = Literal[
    "view",
    "post_homework",
    "review_homework",
    "oversee_school",
    "oversee_area",
    "read_feedback",
    "check_homework",
    "manage_people",
    "manage_calendar",
    "manage_board",
    "manage_limits",
    "serve",
    "arrange_service",
    "read_incidents",
    "file_service",
    "see_register",
    "keep_register",
    "see_findings",
    "answer_findings",
    "inspect",
    "handle_complaints",
    "issue_letters",
    "import",
    "make_report",
    "see_report",
    "file_return",
    "collect_returns",
    "share_burden",
    "see_burden",
]

ROLES_FOR: dict[Action, frozenset[Role]] = {
    "view": frozenset(Role),
    "post_homework": frozenset({Role.TEACHER}),
    "review_homework": frozenset({Role.ACADEMIC_OFFICE}),
    "oversee_school": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL, Role.SUPERVISOR, Role.OFFICER}),
    "oversee_area": frozenset({Role.SUPERVISOR, Role.OFFICER}),
    "read_feedback": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL}),
    "check_homework": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL}),
    "manage_people": frozenset({Role.ACADEMIC_OFFICE, Role.OFFICER, Role.ADMIN}),
    "manage_calendar": frozenset({Role.ACADEMIC_OFFICE, Role.OFFICER, Role.ADMIN}),
    "manage_board": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL}),
    "manage_limits": frozenset({Role.ACADEMIC_OFFICE, Role.OFFICER}),
    "serve": frozenset({Role.TEACHER, Role.ACADEMIC_OFFICE, Role.PRINCIPAL}),
    "arrange_service": frozenset({Role.ACADEMIC_OFFICE}),
    "read_incidents": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL}),
    "file_service": frozenset({Role.OFFICER}),
    "see_register": frozenset({Role.OFFICER, Role.SUPERVISOR}),
    "keep_register": frozenset({Role.OFFICER}),
    "see_findings": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL, Role.SUPERVISOR, Role.OFFICER, Role.LIAISON}),
    "answer_findings": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL, Role.OFFICER, Role.LIAISON}),
    "inspect": frozenset({Role.SUPERVISOR, Role.OFFICER}),
    "handle_complaints": frozenset({Role.OFFICER, Role.LIAISON}),
    "issue_letters": frozenset({Role.OFFICER}),
    "import": frozenset({Role.ACADEMIC_OFFICE, Role.OFFICER, Role.ADMIN}),
    "make_report": frozenset({Role.OFFICER}),
    "see_report": frozenset({Role.OFFICER, Role.PRINCIPAL}),
    "file_return": frozenset({Role.ACADEMIC_OFFICE, Role.PRINCIPAL, Role.OFFICER}),
    "collect_returns": frozenset({Role.OFFICER}),
    "share_burden": frozenset({Role.PRINCIPAL}),
    "see_burden": frozenset({Role.PRINCIPAL, Role.OFFICER}),
}

# Whom a posting lets appoint at or below its unit. Nobody appoints her own superior, and only 系统管理员 a peer.
MAY_APPOINT: dict[Role, frozenset[Role]] = {
    Role.ACADEMIC_OFFICE: frozenset({Role.TEACHER}),
    Role.OFFICER: frozenset(
        {Role.TEACHER, Role.ACADEMIC_OFFICE, Role.PRINCIPAL, Role.SUPERVISOR, Role.LIAISON, Role.OFFICER}
    ),
    Role.ADMIN: frozenset(Role),
}


# Every page asks, so it is not built anew by the ORM each time: that took ten times as long as its run.
UNIT_FIELDS = ("id", "level", "code", "name", "opened_on", "closed_on")
HELD = Prepared(
    "schools_held_postings",
    """
    SELECT posting.role, posting.duties, place.path,
        unit.id, unit.level, unit.code, unit.name, unit.opened_on, unit.closed_on
    FROM schools_posting AS posting
    JOIN schools_orgunit AS unit ON unit.id = posting.unit_id
    JOIN schools_unitplace AS place ON place.unit_id = posting.unit_id
    WHERE posting.user_id = %(user)s
        AND posting.first_day <= %(today)s AND (posting.last_day IS NULL OR posting.last_day >= %(today)s)
        AND place.first_day <= %(today)s AND (place.last_day IS NULL OR place.last_day >= %(today)s)
    ORDER BY place.path, posting.role
    """,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A posting in force today: `role` at the unit with `path` and everywhere below."""

    role: Role
    unit: OrgUnit
    path: str
    duties: tuple[str, ...]


def held(user: User) -> list[Held]:
    """Today's postings of `user`, the highest unit first. One query per request: kept on the user that it loaded."""
    cached: list[Held] | None = user.__dict__.get("_held")
    if cached is None:
        cached = user.__dict__["_held"] = _read_held(user, timezone.localdate())
    return cached


def _read_held(user: User, today: dt.date) -> list[Held]:
    return [
        Held(Role(role), OrgUnit.from_db("default", UNIT_FIELDS, unit), path, tuple(duties))
        for role, duties, path, *unit in HELD.rows(user=user.pk, today=today)
    ]


def scope(user: User, action: Action = "view") -> list[str]:
    """Paths at and below which `user` may do `action`."""
    return [posting.path for posting in held(user) if posting.role in ROLES_FOR[action]]


def may(user: User, action: Action, path: str) -> bool:
    return any(path.startswith(above) for above in scope(user, action))


def can(user: User, action: Action, unit: OrgUnit) -> bool:
    """Whether a posting at `unit` or above it gives `user` the right to `action`."""
    return may(user, action, unit.path_on(timezone.localdate()))


def may_below_the_city(user: User, action: Action, path: str) -> bool:
    """As `may`, by a posting below the city's level: in some things the city looks on and its counties act."""
    return any(
        posting.unit.level != OrgUnit.Level.CITY and posting.role in ROLES_FOR[action] and path.startswith(posting.path)
        for posting in held(user)
    )


def may_file(user: User, path: str) -> bool:
    """As the county does; the city itself where a school stands directly below it."""
    city_runs_it = len(codes_in(path)) <= 2
    return may_below_the_city(user, "file_service", path) or (city_runs_it and may(user, "file_service", path))


def is_bureau_officer(user: User, path: str) -> bool:
    """Whether she is an officer of the county or the city above `path`; a 学区 is below the county."""
    bureaus = (OrgUnit.Level.COUNTY, OrgUnit.Level.CITY)
    return any(
        posting.role == Role.OFFICER and posting.unit.level in bureaus and path.startswith(posting.path)
        for posting in held(user)
    )


def receives_returns(user: User, path: str) -> bool:
    """Whether she takes in the return of the unit with `path`: an officer of the county or city above it. Above the
    city stands nobody here, so its own officers do, and never the one who sent it."""
    bureaus = (OrgUnit.Level.COUNTY, OrgUnit.Level.CITY)
    return any(
        posting.role in ROLES_FOR["collect_returns"]
        and posting.unit.level in bureaus
        and path.startswith(posting.path)
        and (posting.path != path or posting.unit.level == OrgUnit.Level.CITY)
        for posting in held(user)
    )


def answers_for(user: User, unit: OrgUnit) -> bool:
    """Whether she answers for what was found at `unit`: she is posted at the unit itself, not above it."""
    return is_posted_at(user, "answer_findings", unit.pk)


def inspects(user: User, unit: OrgUnit) -> bool:
    return inspects_at(user, unit.path_on(timezone.localdate()))


def inspects_at(user: User, path: str) -> bool:
    """Whether she inspects the unit with `path` from above; a 责任督学 may be posted at the school itself. Nobody
    inspects her own bureau."""
    return any(
        posting.role in ROLES_FOR["inspect"]
        and path.startswith(posting.path)
        and (posting.path != path or posting.role == Role.SUPERVISOR)
        for posting in held(user)
    )


def is_posted_at(user: User, action: Action, unit_id: int) -> bool:
    """Whether a posting at this very unit, and none above it, gives `user` the right to `action`."""
    return any(posting.role in ROLES_FOR[action] and posting.unit.pk == unit_id for posting in held(user))


def duties_at(user: User, unit_id: int) -> set[str]:
    """Her duties (填表, 审核, 签发) at this very unit: nobody has them from above."""
    return {duty for posting in held(user) if posting.unit.pk == unit_id for duty in posting.duties}


def require(user: User, action: Action, unit: OrgUnit) -> None:
    """Raise PermissionDenied (403) unless `can(user, action, unit)`."""
    if not can(user, action, unit):
        raise PermissionDenied(f"{action} at {unit.code}")


def require_anywhere(user: User, action: Action) -> list[str]:
    """The paths where `user` may do `action`; PermissionDenied (403) when there is none."""
    paths = scope(user, action)
    if not paths:
        raise PermissionDenied(action)
    return paths


ModelT = TypeVar("ModelT", bound=Model)


def get_visible(queryset: QuerySet[ModelT], user: User, **lookup: Any) -> ModelT:
    """The row of a queryset that has `inside(paths)`, or Http404 when it lies outside the user's scope."""
    row = queryset.inside(scope(user)).filter(**lookup).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return row


def appoints(user: User, path: str) -> frozenset[Role]:
    """The roles that `user` may give at the unit with `path`."""
    mine = [posting for posting in held(user) if path.startswith(posting.path)]
    below = frozenset().union(*(MAY_APPOINT.get(posting.role, frozenset()) for posting in mine))
    peers = {posting.role for posting in mine if posting.path == path and posting.role != Role.ADMIN}
    return below - peers


def appoints_somewhere(user: User) -> frozenset[Role]:
    """The roles that `user` may give at one unit or another."""
    return frozenset().union(*(MAY_APPOINT.get(posting.role, frozenset()) for posting in held(user)))


def manageable(user: User, people: QuerySet[User]) -> QuerySet[User]:
    """Those of `people` whose account `user` may reset, unlock or shut: each of their postings is one she may give.

    Postings of today and to come count. So nobody resets her superior or her peer (the maker of a report would sign in
    as its signer), and nobody herself. Somebody without any posting is nobody's to manage.
    """
    today = timezone.localdate()
    postings = Posting.objects.not_over(today).filter(user=OuterRef("pk")).placed(today)
    hers_to_give = Q(pk__in=[])
    for mine in held(user):
        below = Q(path__startswith=mine.path, role__in=MAY_APPOINT.get(mine.role, frozenset()))
        hers_to_give |= below if mine.role == Role.ADMIN else below & ~Q(path=mine.path, role=mine.role)
    others = postings.filter(~hers_to_give | Q(path=None))
    return people.filter(Exists(postings), ~Exists(others)).exclude(pk=user.pk)


def may_manage(user: User, other: User) -> bool:
    return manageable(user, User.objects.filter(pk=other.pk)).exists()


def teaches(user: User, class_group: ClassGroup, day: dt.date) -> bool:
    return Teaching.objects.on(day).filter(teacher=user, class_group=class_group).exists()


def is_head_teacher(user: User, class_group: ClassGroup, day: dt.date) -> bool:
    return HeadTeacher.objects.on(day).filter(user=user, class_group=class_group).exists()


def may_close_day(user: User, class_group: ClassGroup, day: dt.date) -> bool:
    """班主任 of the class, or 教导处 of its school."""
    return is_head_teacher(user, class_group, day) or can(user, "review_homework", class_group.school.unit)


def may_renew_address(user: User, class_group: ClassGroup, day: dt.date) -> bool:
    """Of its public page: 班主任 of the class, or 教导处 of its school."""
    return may_close_day(user, class_group, day)


# Label, URL name, and the action that somebody must be allowed somewhere to see it.
MENU: tuple[tuple[str, str, Action], ...] = (
    ("首页", "home", "view"),
    ("今日作业", "homework:today", "post_homework"),
    ("待审核", "homework:review_list", "review_homework"),
    ("作业公示", "homework:overview", "oversee_school"),
    ("作业分析", "reports:insight", "oversee_school"),
    ("课后服务", "afterschool:today", "serve"),
    ("课后服务", "afterschool:plan_list", "oversee_area"),
    ("家长反馈", "homework:feedback_list", "oversee_school"),
    ("校外培训", "training:register", "see_register"),
    ("督导整改", "inspections:ledger", "see_findings"),
    ("举报", "inspections:complaint_list", "handle_complaints"),
    ("报表", "reports:report_list", "see_report"),
    ("上报", "reports:returns", "file_return"),
    ("学校和班级", "schools:school_list", "oversee_school"),
    ("校历", "schools:calendar", "manage_calendar"),
    ("人员", "schools:people", "manage_people"),
    ("作业检查", "homework:spot_check_list", "oversee_school"),
    ("作业规定", "homework:limit_list", "oversee_school"),
    ("导入", "schools:import_list", "import"),
)


# Pages that lie below no entry of their own, or below another's: the first entry with the label is theirs.
BELONGS = (("/reports/service/", "课后服务"), ("/reports/form/", "上报"), ("/service/", "课后服务"))


def menu(request: HttpRequest) -> dict[str, object]:
    """Context processor: the entries of the top navigation that this user has."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"menu": []}
    entries = [(label, reverse(name)) for label, name, action in MENU if scope(user, action)]
    here = _entry_above(request.path, entries)
    return {
        "menu": [{"label": label, "url": url, "active": url == here} for label, url in entries],
        "signed_in_as": user.name,
        "my_units": "、".join(dict.fromkeys(posting.unit.name for posting in held(user))),
    }


def _entry_above(path: str, entries: list[tuple[str, str]]) -> str:
    """The address of the entry to mark; empty for none."""
    for below, label in BELONGS:
        if path.startswith(below):
            return next((url for name, url in entries if name == label), "")
    # A page below an entry's belongs to it; every page lies below the home page, which is only itself.
    return max((url for _, url in entries if path == url or (path.startswith(url) and url != "/")), key=len, default="")
