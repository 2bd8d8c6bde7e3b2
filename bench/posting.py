"""(e) A posted item under gunicorn, against a bare view that does the same transaction."""

import uuid
from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Sum

from accounts.models import User
from bench import clock, web
from homework.models import Item, Notice
from schools.models import Teaching

DAY = web.NOW.date()
CLASSES = 640  # a multiple of the connections
SECONDS = 10
RUNS = 3
A_SECOND, FOR_SECONDS = 50, 20
TOKEN = "b" * 32


def posting() -> None:
    teachings = _one_per_class()
    cookies = {teaching.teacher_id: _sign_in(teaching.teacher) for teaching in teachings}
    with web.serving():
        first = [_post(teaching, cookies[teaching.teacher_id]) for teaching in teachings]
        web.at_rate(first, A_SECOND, expected=302)  # each class has its notice now
        ours, bare = _throughput(teachings, cookies)
        taken = web.at_rate(list(_posts(teachings, cookies, A_SECOND * FOR_SECONDS)), A_SECOND, expected=302)
    p95 = taken[int(len(taken) * 0.95)]
    posted = _require_right_sums(teachings)
    clock.keep(
        "posting",
        f"每秒公示 {ours:.0f} 项，裸视图 {bare:.0f}，比值 {ours / bare:.2f}（应≥0.7）；"
        f"每秒{A_SECOND}项时95%在 {p95:.0f} 毫秒内（应<150）；{posted}项后各班合计全部正确",
        ours_a_second=ours,
        bare_a_second=bare,
        ratio=ours / bare,
        p95_milliseconds=p95,
        posted=posted,
    )


def _one_per_class() -> list[Teaching]:
    """A teacher of each of CLASSES classes that may have written homework."""
    rows = Teaching.objects.on(DAY).select_related("class_group", "teacher").order_by("class_group", "subject")
    chosen = {row.class_group_id: row for row in rows[: CLASSES * 12] if row.class_group.grade_on(DAY) >= 3}
    return list(chosen.values())[:CLASSES]


def _sign_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.sign_in.PhoneBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}; csrftoken={TOKEN}"


def _posts(teachings: list[Teaching], cookies: dict[int, str], count: int) -> Iterator[bytes]:
    """`count` items, in turn through the classes, each with a key of its own."""
    for number in range(count):
        teaching = teachings[number % len(teachings)]
        yield _post(teaching, cookies[teaching.teacher_id])


def _post(teaching: Teaching, cookie: str) -> bytes:
    fields = _fields(teaching) | {"day": DAY.isoformat(), "key": str(uuid.uuid4())}
    return _request(f"/homework/classes/{teaching.class_group_id}/items/add/", fields, cookie)


def _fields(teaching: Teaching) -> dict[str, object]:
    """A minute, so that no class runs over its limit however long we post."""
    return {
        "subject": teaching.subject_id,
        "content": "背诵第12课第2—4自然段",
        "kind": "written",
        "place": "home",
        "layer": "all",
        "minutes": 1,
    }


def _request(path: str, fields: dict[str, object], cookie: str) -> bytes:
    headers = {"Cookie": cookie, "X-CSRFToken": TOKEN}
    return web.request("POST", path, headers=headers, body=urlencode(fields).encode())


def _throughput(teachings: list[Teaching], cookies: dict[int, str]) -> tuple[float, float]:
    """Posts a second, ours and bare, run in turn so that a slow moment of the machine hits both alike."""
    notices = dict(Notice.objects.on(DAY).values_list("class_group", "pk"))
    bare = [
        _request(f"/bare/post/{notices[row.class_group_id]}/", _fields(row), cookies[row.teacher_id])
        for row in teachings
    ]
    pairs = []
    for _ in range(RUNS):
        ours = list(_posts(teachings, cookies, 20 * CLASSES))
        pairs.append((web.per_second(ours, SECONDS, expected=302), web.per_second(bare, SECONDS, expected=302)))
    pairs.sort(key=lambda pair: pair[0] / pair[1])
    return pairs[RUNS // 2]


def _require_right_sums(teachings: list[Teaching]) -> int:
    """Raises AssertionError when a notice's stored load is not the sum of its items; returns how many were summed."""
    notices = Notice.objects.on(DAY).filter(class_group__in=[row.class_group_id for row in teachings])
    written = Item.objects.live().filter(kind="written", place="home", notice__in=notices)
    sums = dict(written.order_by().values_list("notice").annotate(Sum("minutes")))
    wrong = [notice.pk for notice in notices if notice.load_minutes != sums.get(notice.pk, 0)]
    if wrong:
        raise AssertionError(f"{len(wrong)} notices with a wrong load")
    return written.count()
