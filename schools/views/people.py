"""The people of a user's units: the list, one person's page, adding somebody, putting a name or a number right."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services as accounts
from accounts.http import SignedInRequest
from accounts.models import User
from accounts.sign_in import locked_among
from schools import access
from schools.forms.people import AppointForm, PeopleFilter, PersonAddForm, PersonCorrectForm
from schools.models import Duty, OrgUnit, Posting, Role, Staff
from schools.services import people as services
from schools.sign_in import lock_names

PEOPLE_PER_PAGE = 50


@login_required
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "manage_people")
    form = PeopleFilter(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    postings = Posting.objects.not_over(timezone.localdate()).inside(paths)
    if given.get("role"):
        postings = postings.filter(role=given["role"])
    if given.get("q"):
        postings = postings.matching(given["q"])
    found = in_state(holding(postings), given.get("state", "")).prefetch_related(*what_they_do()).order_by("name", "pk")
    page = Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "is_narrowed": any(given.values()), "own_school": own_school(request.user)}
    return render(request, "schools/people.html", context)


def own_school(user: User) -> OrgUnit | None:
    """The school of somebody who manages one school's people."""
    units = {held.unit for held in access.held(user) if held.role in access.ROLES_FOR["manage_people"]}
    return units.pop() if {unit.level for unit in units} == {OrgUnit.Level.SCHOOL} and len(units) == 1 else None


def holding(postings: QuerySet[Posting]) -> QuerySet[User]:
    """The people who hold one of these postings, each once."""
    return User.objects.filter(Exists(postings.filter(user=OuterRef("pk"))))


def in_state(users: QuerySet[User], state: str) -> QuerySet[User]:
    if state == "not_activated":
        return users.filter(pk__in=User.objects.not_activated(), is_active=True)
    return users.filter(is_active=False) if state == "shut_out" else users


def what_they_do() -> list[Prefetch]:
    """Each one's postings and posts that are not over, as `roles` and `posts`: two queries for a page of people."""
    today = timezone.localdate()
    roles = Posting.objects.not_over(today).select_related("unit").order_by("first_day", "pk")
    posts = Staff.objects.not_over(today).select_related("school__unit").order_by("first_day", "pk")
    return [
        Prefetch("postings", queryset=roles, to_attr="roles"),
        Prefetch("employments", queryset=posts, to_attr="posts"),
    ]


def get_person(user: User, user_id: int) -> User:
    """Somebody with a posting in the user's scope (else 404), in the part of it whose people she manages (else 403)."""
    postings = Posting.objects.not_over(timezone.localdate()).filter(user=user_id)
    person = holding(postings.inside(access.scope(user))).first()
    if person is None:
        raise Http404
    if not postings.inside(access.scope(user, "manage_people")).exists():
        raise PermissionDenied("manage_people")
    return person


def require_manageable(user: User, user_id: int) -> User:
    """Somebody whose account the user may manage: else 404 outside her scope, 403 inside it."""
    person = get_person(user, user_id)
    if not access.may_manage(user, person):
        raise PermissionDenied("manage_people")
    return person


@login_required
@require_safe
def people_detail(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = get_person(request.user, user_id)
    form = PersonCorrectForm(initial={"name": person.name, "phone": person.phone})
    return render(request, "schools/people_detail.html", detail_context(request.user, person, form))


def detail_context(user: User, person: User, form: PersonCorrectForm) -> dict[str, object]:
    now = timezone.now()
    return {
        "person": person,
        "form": form,
        "roles": _roles(user, person),
        "posts": _posts(user, person),
        "today": timezone.localdate(),
        "all_duties": Duty.choices,
        "may_manage": access.may_manage(user, person),
        "code": person.activation_codes.usable(now).first(),
        "is_locked": bool(locked_among(lock_names(person))),
    }


def _roles(user: User, person: User) -> list[dict[str, object]]:
    """All postings, the newest first, each with whether it is over and whether `user` may change it."""
    today = timezone.localdate()
    postings = Posting.objects.filter(user=person).placed(today).select_related("unit").order_by("-first_day", "-pk")
    return [
        {
            "posting": posting,
            "is_over": posting.last_day is not None and posting.last_day < today,
            "may_change": may_change(user, posting),
            "duties": [Duty(duty).label for duty in posting.duties],
        }
        for posting in postings
    ]


def _posts(user: User, person: User) -> list[dict[str, object]]:
    """All schools she is or was in post at, the newest first."""
    today = timezone.localdate()
    posts = Staff.objects.filter(user=person).select_related("school__unit").order_by("-first_day", "-pk")
    return [
        {
            "staff": staff,
            "is_over": staff.last_day is not None and staff.last_day < today,
            "may_end": may_dismiss(user, staff),
        }
        for staff in posts
    ]


def may_change(user: User, posting: Posting) -> bool:
    """End it, or change its duties: whoever could have given it, but nobody her own. `posting` knows its path."""
    path: str = posting.path or ""  # type: ignore[attr-defined]
    return user.pk != posting.user_id and posting.role in access.appoints(user, path)


def may_dismiss(user: User, staff: Staff) -> bool:
    """Leaving a school ends every role there, so it takes somebody who may end each of them."""
    today = timezone.localdate()
    postings = Posting.objects.not_over(today).filter(user=staff.user_id, unit=staff.school_id).placed(today)
    may_manage = user.pk != staff.user_id and access.can(user, "manage_people", staff.school.unit)
    return may_manage and all(may_change(user, posting) for posting in postings)


@login_required
@require_POST
def people_correct(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = require_manageable(request.user, user_id)
    form = PersonCorrectForm(request.POST)
    if form.is_valid():
        try:
            accounts.correct_user(by=request.user, user=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "已更正。")
            return redirect("schools:people_detail", user_id=user_id)
    person.refresh_from_db()
    return render(request, "schools/people_detail.html", detail_context(request.user, person, form), status=422)


@login_required
@require_http_methods(["GET", "POST"])
def people_add(request: SignedInRequest) -> HttpResponse:
    form = PersonAddForm(request.POST or None, initial=beginning(request.user), **choices(request.user))
    if request.method == "POST" and form.is_valid() and is_hers_to_give(request.user, form):
        try:
            person = _add(request.user, form)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"已添加{person.name}。接下来请发给激活码。")
            return redirect("schools:people_detail", user_id=person.pk)
    return render(request, "schools/people_add.html", {"form": form})


def _add(by: User, form: PersonAddForm) -> User:
    given = form.cleaned_data
    shared = {key: given[key] for key in ("name", "phone", "role", "first_day")}
    if form.is_at_school:
        return services.hire(by=by, school=given["unit"].school, staff_no=given["staff_no"], **shared).user
    return services.add_person(by=by, unit=given["unit"], duties=given.get("duties", ()), **shared)


def choices(user: User) -> dict[str, Any]:
    """The units and roles among which `user` may appoint; 403 when she may not at all."""
    paths = access.require_anywhere(user, "manage_people")
    today = timezone.localdate()
    units = OrgUnit.objects.inside(paths).open_on(today).placed(today)
    return {"units": units.order_by("path"), "roles": access.appoints_somewhere(user)}  # type: ignore[misc]


def beginning(user: User) -> dict[str, object]:
    """Somebody with one school need not choose it."""
    return {"first_day": timezone.localdate(), "unit": own_school(user)}


def is_hers_to_give(user: User, form: AppointForm) -> bool:
    """Whether she may give the chosen role at the chosen unit; the form says so when not."""
    unit, role = form.cleaned_data["unit"], Role(form.cleaned_data["role"])
    if role in access.appoints(user, unit.path):
        return True
    form.add_error("role", f"您不能在{unit.name}设置“{role.label}”。")
    return False
