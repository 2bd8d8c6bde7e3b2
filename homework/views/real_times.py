"""Minutes as declared and as families report them, for those who oversee a school or an area."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from homework import samples
from homework.forms.families import PeriodForm
from schools import access
from schools.models import ClassGroup, School, Subject

SCHOOLS_ON_A_PAGE = 30
USUAL_DAYS = 28


@login_required
@require_GET
def real_times(request: SignedInRequest) -> HttpResponse:
    """The schools of my scope; who has one school sees that school."""
    paths = access.require_anywhere(request.user, "oversee_school")
    schools = School.objects.inside(paths).select_related("unit").order_by("unit__code")
    if not access.scope(request.user, "oversee_area"):
        only = schools[:2]
        if len(only) == 1:
            return _school_page(request, only[0])
    form, first_day, last_day = _period(request)
    page = Paginator(schools, SCHOOLS_ON_A_PAGE).get_page(request.GET.get("page"))
    figures = samples.sample_figures([school.pk for school in page], first_day, last_day)
    all_schools = {"all": list(schools.values_list("pk", flat=True))}
    context = {
        "form": form,
        "page": page,
        "rows": [(school, figures.get(school.pk)) for school in page],
        "total": samples.pooled_figures(all_schools, first_day, last_day).get("all"),
        "first_day": first_day,
        "last_day": last_day,
        "least": samples.LEAST_ANSWERS,
    }
    return render(request, "homework/real_times.html", context)


@login_required
@require_GET
def school_real_times(request: SignedInRequest, code: str) -> HttpResponse:
    visible = School.objects.inside(access.scope(request.user)).select_related("unit")
    school = get_object_or_404(visible, unit__code=code)
    access.require(request.user, "oversee_school", school.unit)
    return _school_page(request, school)


def _school_page(request: SignedInRequest, school: School) -> HttpResponse:
    form, first_day, last_day = _period(request)
    figures = samples.figures_of_school(school.pk, first_day, last_day)
    classes = ClassGroup.objects.filter(school=school).on(last_day).in_order()
    subjects = Subject.objects.filter(pk__in=figures.subjects)
    context = {
        "form": form,
        "school": school,
        "figures": figures.school,
        "classes": [(group.name_on(last_day), figures.classes.get(group.pk)) for group in classes],
        "subjects": [(subject.name, figures.subjects[subject.pk]) for subject in subjects],
        "first_day": first_day,
        "last_day": last_day,
        "least": samples.LEAST_ANSWERS,
        "may_enter": access.can(request.user, "review_homework", school.unit),
    }
    return render(request, "homework/school_real_times.html", context)


def _period(request: SignedInRequest) -> tuple[PeriodForm, dt.date, dt.date]:
    """The form and the days it asks for; the last four weeks where it asks for none or for what cannot be."""
    today = timezone.localdate()
    usual = {"first_day": today - dt.timedelta(days=USUAL_DAYS - 1), "last_day": today}
    form = PeriodForm(request.GET if "first_day" in request.GET or "last_day" in request.GET else None, initial=usual)
    asked = form.cleaned_data if form.is_valid() else usual
    return form, asked["first_day"], asked["last_day"]
