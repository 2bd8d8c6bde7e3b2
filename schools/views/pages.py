"""The schools in a user's scope, and one school with its classes."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from schools import access
from schools.calendar import school_year
from schools.forms.classes import ClassOpenForm
from schools.models import ClassGroup, HeadTeacher, School, Subject, Teaching, UnitPlace

SCHOOLS_PER_PAGE = 50


@login_required
@require_safe
def school_list(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "oversee_school")
    today = timezone.localdate()
    words, stage = request.GET.get("q", "").replace("\0", "").strip(), request.GET.get("stage", "")
    schools = placed(School.objects.inside(paths).open_on(today), today)
    schools = schools.order_by("path")  # type: ignore[misc]
    if words:
        schools = schools.filter(Q(unit__name__icontains=words) | Q(unit__code__startswith=words))
    if stage in School.Stage.values:
        schools = schools.filter(stage=stage)
    page = Paginator(schools, SCHOOLS_PER_PAGE).get_page(request.GET.get("page"))
    add_counts(page, today)
    context: dict[str, object] = {"page": page, "q": words, "stage": stage, "stages": School.Stage.choices}
    context["may_open_year"] = bool(access.scope(request.user, "manage_people"))
    return render(request, "schools/school_list.html", context)


def placed(schools: QuerySet[School], day: dt.date) -> QuerySet[School]:
    """With the path and the name of the unit above, as they were on `day`."""
    place = UnitPlace.objects.on(day).filter(unit=OuterRef("unit"))
    return schools.select_related("unit").annotate(
        path=Subquery(place.values("path")[:1]), above=Subquery(place.values("parent__name")[:1])
    )


def add_counts(schools: Page[School], day: dt.date) -> None:
    """Put the day's number of classes and pupils on each school of the page: one query."""
    classes = ClassGroup.objects.on(day).filter(school__in=[school.pk for school in schools]).with_pupils(day)
    sums = classes.values("school").annotate(classes=Count("pk"), total=Sum("pupils"))
    by_school = {row["school"]: row for row in sums}
    for school in schools:
        row = by_school.get(school.pk, {"classes": 0, "total": 0})
        school.class_count, school.pupil_count = row["classes"], row["total"] or 0  # type: ignore[attr-defined]


@login_required
@require_safe
def school_detail(request: SignedInRequest, school_id: int) -> HttpResponse:
    school = access.get_visible(School.objects.select_related("unit"), request.user, pk=school_id)
    access.require(request.user, "oversee_school", school.unit)
    return render(request, "schools/school_detail.html", detail_context(request, school, None))


def detail_context(request: SignedInRequest, school: School, form: ClassOpenForm | None) -> dict[str, object]:
    today = timezone.localdate()
    path = school.unit.path_on(today)
    subjects, classes = class_table(school, today)
    return {
        "school": school,
        "today": today,
        "subjects": subjects,
        "classes": classes,
        "pupils": sum(row["pupils"] or 0 for row in classes),
        "places": school.unit.places.select_related("parent").order_by("-first_day"),
        "may_manage": access.may(request.user, "manage_people", path),
        "may_change_days": access.may(request.user, "manage_calendar", path),
        "may_share_burden": access.may(request.user, "share_burden", path),
        "may_set_robot": access.may(request.user, "manage_limits", path),
        "year": school_year(today),
        "form": form or ClassOpenForm(school=school, initial={"first_day": today}),
        "form_sent": form is not None,
    }


def class_table(school: School, day: dt.date) -> tuple[list[Subject], list[dict[str, Any]]]:
    """The subjects taught on `day`, and one dict per class with its teachers in that order. Three queries."""
    classes: list[Any] = list(ClassGroup.objects.on(day).filter(school=school).with_pupils(day).in_order())
    heads: dict[int, str] = {
        row.class_group_id: row.user.name
        for row in HeadTeacher.objects.on(day).filter(class_group__in=classes).select_related("user")
    }
    teachers: dict[tuple[int, int], list[str]] = defaultdict(list)
    subjects: dict[int, Subject] = {}
    teachings = Teaching.objects.on(day).filter(class_group__in=classes).select_related("subject", "teacher")
    for teaching in teachings.order_by("subject__rank", "pk"):
        subjects[teaching.subject_id] = teaching.subject
        teachers[teaching.class_group_id, teaching.subject_id].append(teaching.teacher.name)
    rows = [
        {
            "id": group.pk,
            "name": group.name_on(day),
            "pupils": group.pupils,
            "head_teacher": heads.get(group.pk, ""),
            "teachers": ["、".join(teachers[group.pk, subject]) for subject in subjects],
        }
        for group in classes
    ]
    return list(subjects.values()), rows
