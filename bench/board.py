"""(f) The board from the cache under gunicorn, against a bare page from the cache; and 304 to who has it already."""

import datetime as dt
import urllib.request

from django.core.cache import cache

from bench import clock, web
from bench.bare import ETAG, PAGE_KEY
from homework.models import Notice
from schools.models import ClassGroup

SECONDS = 5
RUNS = 3


def board() -> None:
    class_group, day = _last_day_with_homework()
    with web.serving():
        _measure("board_of_school", "学校公示栏", f"/homework/board/{class_group.school.unit.code}/?day={day}")
        _measure("board_of_class", "班级公示栏", f"/homework/board/c/{class_group.board_key}/?day={day}")


def _last_day_with_homework() -> tuple[ClassGroup, dt.date]:
    """A class and the day before the clock's."""
    notices = Notice.objects.filter(day__lt=web.NOW.date()).select_related("class_group__school__unit")
    notice = notices.latest("day", "pk")
    return notice.class_group, notice.day


def _measure(name: str, title: str, path: str) -> None:
    """The bare page has the same content, so that both send the same bytes."""
    body, etag = _fetch(path)
    cache.set(PAGE_KEY, (ETAG, body), timeout=None)
    whole, bare_whole = _per_second(web.request("GET", path), web.request("GET", "/bare/page/"), 200)
    unchanged, bare_unchanged = _per_second(
        web.request("GET", path, headers={"If-None-Match": etag}),
        web.request("GET", "/bare/page/", headers={"If-None-Match": ETAG}),
        304,
    )
    clock.keep(
        name,
        f"{title}（{len(body) / 1000:.0f} kB）每秒 {whole:.0f} 次，裸缓存页 {bare_whole:.0f}，"
        f"比值 {whole / bare_whole:.2f}（应≥0.7）；内容未变（304）每秒 {unchanged:.0f} 次，"
        f"裸缓存页 {bare_unchanged:.0f}，比值 {unchanged / bare_unchanged:.2f}（应≥0.8）",
        bytes=len(body),
        whole_a_second=whole,
        bare_whole_a_second=bare_whole,
        whole_ratio=whole / bare_whole,
        unchanged_a_second=unchanged,
        bare_unchanged_a_second=bare_unchanged,
        unchanged_ratio=unchanged / bare_unchanged,
    )


def _fetch(path: str) -> tuple[bytes, str]:
    """The page and its ETag."""
    with urllib.request.urlopen(f"http://127.0.0.1:{web.PORT}{path}") as answer:
        return answer.read(), answer.headers["ETag"]


def _per_second(ours: bytes, bare: bytes, expected: int) -> tuple[float, float]:
    """Answers a second, run in turn so that a slow moment of the machine hits both alike; the pair in the middle."""
    pairs = []
    for _ in range(RUNS):
        mine = web.per_second([ours] * web.CONNECTIONS, SECONDS, expected=expected)
        pairs.append((mine, web.per_second([bare] * web.CONNECTIONS, SECONDS, expected=expected)))
    pairs.sort(key=lambda pair: pair[0] / pair[1])
    return pairs[RUNS // 2]
