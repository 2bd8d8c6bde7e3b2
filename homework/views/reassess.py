"""What a rule of days gone by would change, shown before it is kept; and how far the judging again is."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from accounts.models import Job
from homework.services import reassess
from schools import access
from schools.models import OrgUnit
from schools.models.units import codes_in

MOST_SCHOOLS = 50
FAILED_SHOWN_FOR = dt.timedelta(days=3)


def shown_first(request: SignedInRequest, change: Callable[[], reassess.Extent]) -> reassess.Preview | None:
    """What `change` would do to notices, for her to confirm; None once it is made: at once where there are none.

    Raises whatever `change` raises.
    """
    if "confirmed" not in request.POST:
        found = reassess.preview(change)
        if found.judged:
            return found
    change()
    return None


def preview_page(request: SignedInRequest, found: reassess.Preview, title: str) -> HttpResponse:
    posted = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    context = {
        "found": found,
        "title": title,
        "posted": posted,
        "schools": found.schools[:MOST_SCHOOLS],
        "more_schools": max(len(found.schools) - MOST_SCHOOLS, 0),
        "action": request.path,
    }
    return render(request, "homework/reassess_preview.html", context)


def goes_back(request: SignedInRequest) -> bool:
    """Whether she wants to change what she typed, after having seen what it would do."""
    return "edit" in request.POST


def jobs_around(paths: Sequence[str]) -> list[Job]:
    """Judging again that goes on at units within or above `paths`, or failed a short while ago."""
    since = timezone.now() - FAILED_SHOWN_FOR
    jobs = Job.objects.filter(task=reassess.TASK)
    recent = list(
        jobs.filter(Q(state__in=Job.UNFINISHED) | Q(state=Job.State.FAILED, finished_at__gte=since)).order_by("pk")
    )
    if not recent:
        return []
    near = OrgUnit.objects.filter(
        Q(pk__in=OrgUnit.objects.inside(paths)) | Q(code__in={code for path in paths for code in codes_in(path)})
    )
    ids = set(near.filter(pk__in=[job.arguments["unit"] for job in recent]).values_list("pk", flat=True))
    return [job for job in recent if job.arguments["unit"] in ids]


@login_required
@require_GET
def reassess_progress(request: SignedInRequest) -> HttpResponse:
    """The fragment that asks for itself; once nothing goes on any more the page reloads."""
    jobs = jobs_around(access.require_anywhere(request.user, "oversee_school"))
    response = render(request, "homework/_reassess_progress.html", {"jobs": jobs})
    if not any(job.state in Job.UNFINISHED for job in jobs):
        response["HX-Refresh"] = "true"
    return response
