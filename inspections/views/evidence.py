"""Files of findings, handed out to those who may read the finding."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from inspections.models import Evidence
from inspections.services.evidence import note_download
from inspections.views import seen


@login_required
@require_safe
@cache_control(private=True, max_age=3600)
def evidence(request: SignedInRequest, evidence_id: int) -> HttpResponseBase:
    """A picture is shown; a document is taken away, which is written down. Neither runs anything."""
    row = get_object_or_404(Evidence.objects.select_related("step"), pk=evidence_id)
    finding = seen.finding_of(request.user, row.step.finding_id)
    is_picture = row.content_type == "image/jpeg"
    if not is_picture:
        note_download(by=request.user, evidence=row, path=finding.path_on(timezone.localdate()))
    response = FileResponse(
        row.file.open("rb"), as_attachment=not is_picture, filename=row.name, content_type=row.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
