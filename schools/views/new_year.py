"""September on one page: type the numbers of new classes, look at what will happen, confirm."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from schools import access
from schools.forms.new_year import NewYearForm
from schools.models import OrgUnit, School
from schools.services import new_year as services

LEVELS = (OrgUnit.Level.COUNTY, OrgUnit.Level.DISTRICT, OrgUnit.Level.SCHOOL)


@login_required
@require_http_methods(["GET", "POST"])
def new_year(request: SignedInRequest) -> HttpResponse:
    """?unit= names a county, district or school. A POST says its step: preview, edit (numbers kept) or confirm."""
    paths = access.require_anywhere(request.user, "manage_people")
    unit = _unit(request, paths)
    if unit is None:
        counties = OrgUnit.objects.inside(paths).filter(level=OrgUnit.Level.COUNTY).order_by("code")
        return render(request, "schools/new_year_choose.html", {"counties": counties})
    year = timezone.localdate().year
    form = NewYearForm(request.POST or None, turns=services.plan(_schools(unit), year))
    step = request.POST.get("step", "")
    context: dict[str, object] = {"unit": unit, "year": year, "form": form}
    if step in ("preview", "confirm") and form.is_valid():
        if step == "confirm":
            return _confirm(request, unit, year, form)
        return render(request, "schools/new_year_preview.html", context | {"turns": _preview(form)})
    return render(request, "schools/new_year.html", context, status=422 if step in ("preview", "confirm") else 200)


def _unit(request: SignedInRequest, paths: list[str]) -> OrgUnit | None:
    """None: she has to choose, for hers is a whole city."""
    asked = request.GET.get("unit", "")
    if asked:
        if not asked.isdecimal():
            raise Http404
        unit = access.get_visible(OrgUnit.objects.filter(level__in=LEVELS), request.user, pk=int(asked))
        access.require(request.user, "manage_people", unit)
        return unit
    own = (held.unit for held in access.held(request.user) if held.path in paths)
    return next((unit for unit in own if unit.level in LEVELS), None)


def _schools(unit: OrgUnit) -> QuerySet[School]:
    today = timezone.localdate()
    return School.objects.under(unit, today).open_on(today).order_by("unit__code")


def _confirm(request: SignedInRequest, unit: OrgUnit, year: int, form: NewYearForm) -> HttpResponse:
    services.begin_school_year(by=request.user, unit=unit, turns=form.turns, year=year, counts=form.counts())
    messages.success(request, f"{year}—{year + 1}学年的班级已更新。")
    return redirect(f"{reverse('schools:new_year')}?unit={unit.pk}")


def _preview(form: NewYearForm) -> list[dict[str, object]]:
    """Per school: what closes, what opens by name, what goes up."""
    counts = form.counts()
    return [
        {
            "school": turn.school,
            "leaving": turn.leaving,
            "going_up": turn.going_up,
            "opening": [
                f"{entry.name}{number}班"
                for entry in turn.entries
                for number in entry.missing(counts[turn.school.pk, entry.grade])
            ],
        }
        for turn in form.turns
    ]
