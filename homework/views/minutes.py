"""What the open page of a teacher asks again and again: minutes, layers and who has spoken, as small as it can be."""

import datetime as dt
import hashlib
import json
from collections import defaultdict

from django.contrib.auth.decorators import login_required
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from accounts.models import User
from homework import policy
from homework.models import Item, NoHomework, Notice
from schools import access
from schools.models import HeadTeacher, Teaching
from schools.views.days import asked_day


@login_required
@require_GET
def minutes(request: SignedInRequest) -> HttpResponse:
    """By class id, of all her classes that have a notice on `?day=`. 304 while nothing has changed."""
    paths = access.require_anywhere(request.user, "post_homework")
    day = asked_day(request, timezone.localdate())
    body = json.dumps({notice.class_group_id: _state(notice) for notice in _notices(request.user, paths, day)})
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(body, content_type="application/json")
    response.headers["ETag"], response.headers["Cache-Control"] = etag, "private, no-cache"
    return response


def _notices(user: User, paths: list[str], day: dt.date) -> list[Notice]:
    """One query."""
    of_class = {"class_group": OuterRef("class_group")}
    teaches = Teaching.objects.on(day).filter(teacher=user, **of_class)
    heads = HeadTeacher.objects.on(day).filter(user=user, **of_class)
    items = Item.objects.live().filter(notice=OuterRef("pk")).order_by("pk")
    none = NoHomework.objects.live().filter(notice=OuterRef("pk"))
    hers = Notice.objects.on(day).inside(paths).filter(Q(Exists(teaches)) | Q(Exists(heads)))
    what = JSONObject(subject="subject", kind="kind", place="place", layer="layer", minutes="minutes")
    return list(
        hers.order_by("class_group").annotate(
            works=ArraySubquery(items.values(row=what)), none=ArraySubquery(none.order_by("pk").values("subject"))
        )
    )


def _state(notice: Notice) -> dict[str, object]:
    works: dict[int, list[policy.Work]] = defaultdict(list)
    for row in notice.works:  # type: ignore[attr-defined]
        works[row["subject"]].append(policy.Work(row["kind"], row["place"], row["layer"], row["minutes"]))
    all_works = [work for of_subject in works.values() for work in of_subject]
    has_layers = any(work.layer != policy.Layer.ALL for work in all_works)
    return {
        "limit": notice.limit_minutes,
        "load": notice.load_minutes,
        "set": policy.minutes_by_layer(all_works),
        "layers": policy.load_by_layer(all_works) if has_layers else {},
        "used": {subject: policy.load(of_subject) for subject, of_subject in works.items()},
        "spoken": sorted(works.keys() | set(notice.none)),  # type: ignore[attr-defined]
        "items": len(all_works),
        "closed": notice.closed_at is not None,
    }
