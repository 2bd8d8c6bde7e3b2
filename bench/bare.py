"""The least that a view must do: what the product's pages are compared with, under the same server and middleware."""

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from homework.models import Item, Notice

PAGE_KEY = "bench:page"
ETAG = '"bench"'


@login_required
@require_POST
def post(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Lock one row, sum, insert."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update().get(pk=notice_id)
        load = notice.items.filter(withdrawn_at=None).aggregate(load=Sum("minutes"))["load"]
        Item.objects.create(
            notice=notice,
            school_id=notice.school_id,
            subject_id=int(request.POST["subject"]),
            content=f"{request.POST['content']} {load}",
            kind="oral",  # it does not count, so that the product's own sums stay right
            minutes=int(request.POST["minutes"]),
            posted_by=request.user,  # type: ignore[misc]
        )
    return redirect("/")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """One read of the cache; 304 when the reader has it."""
    etag, body = cache.get(PAGE_KEY)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return HttpResponse(body, headers={"ETag": etag})
