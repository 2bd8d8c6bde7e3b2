"""Spot checks: the draw, the record, the summary that ends them. Nobody is marked, and no teacher is named."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.sent_forms import is_first
from accounts.services import audit
from homework import drawing
from homework.checks import Candidate, candidates
from homework.models import SpotCheck, SpotCheckSample
from paper.pdf import require_printable
from schools.models import School, Subject

MOST_SAMPLES = 60


def plan_draw(
    *,
    school: School,
    day: dt.date,
    seed: int,
    count: int,
    grades: Collection[int] = (),
    subjects: Collection[Subject] = (),
) -> tuple[list[Candidate], list[Candidate]]:
    """What would be drawn from and what would be drawn, in the order drawn; nothing is written.

    Raises ValidationError: nothing to draw from, or less than asked for.
    """
    found = candidates(school, day, grades=grades, subjects=subjects)
    if not found:
        raise ValidationError(
            f"{day:%Y年%-m月%-d日}没有可抽的班级和学科。请核对日期、年级和学科；任课由教导处在“学校和班级”里安排。"
        )
    if count > len(found):
        raise ValidationError({"count": f"可抽的班级和学科只有{len(found)}个，不能抽{count}个。"})
    if not 1 <= count <= MOST_SAMPLES:
        raise ValidationError({"count": f"一次抽1到{MOST_SAMPLES}个。"})
    by_lot = {one.lot: one for one in found}
    return found, [by_lot[lot] for lot in drawing.draw(seed, by_lot, count)]


@transaction.atomic
def start_spot_check(
    *,
    by: User,
    school: School,
    title: str,
    scheme: str,
    first_day: dt.date,
    last_day: dt.date,
    seed: int,
    count: int,
    grades: Collection[int] = (),
    subjects: Collection[Subject] = (),
) -> SpotCheck:
    """Draw and keep the draw, with the list that it was drawn from. Raises ValidationError."""
    check = SpotCheck(
        school=school,
        title=title.strip(),
        scheme=scheme.strip(),
        first_day=first_day,
        last_day=last_day,
        seed=seed,
        made_by=by,
    )
    found, drawn = plan_draw(school=school, day=last_day, seed=seed, count=count, grades=grades, subjects=subjects)
    check.drawn_from = sorted(list(one.lot) for one in found)
    if last_day > timezone.localdate():
        raise ValidationError({"last_day": "只能检查到今天为止的作业。"})
    require_printable(title=check.title, scheme=check.scheme)
    check.full_clean()
    check.save()
    SpotCheckSample.objects.bulk_create(
        SpotCheckSample(check_of=check, place=place, class_group=one.class_group, subject=one.subject)
        for place, one in enumerate(drawn, start=1)
    )
    audit(by=by, action="spot_check.start", subject=check, path=_path(check), seed=seed, samples=count)
    return check


@transaction.atomic
def start_spot_check_once(*, by: User, key: uuid.UUID | None, **plan: object) -> SpotCheck | None:
    """`start_spot_check`; None where the form with this key was carried out before."""
    if key and not is_first(by, key):
        return None
    return start_spot_check(by=by, **plan)  # type: ignore[arg-type]


@transaction.atomic
def record_sample(
    *,
    by: User,
    sample: SpotCheckSample,
    is_all_marked: bool,
    is_layered: bool,
    is_face_to_face: bool,
    problems: str = "",
) -> None:
    """Write down what was seen; a record may be changed until the check is finished.

    Raises ValidationError: finished (code "finished"), or a bad field.
    """
    _lock_unfinished(sample.check_of_id)
    sample.is_all_marked, sample.is_layered, sample.is_face_to_face = is_all_marked, is_layered, is_face_to_face
    sample.problems = problems.strip()
    sample.recorded_by, sample.recorded_at = by, timezone.now()
    require_printable(problems=sample.problems)
    sample.full_clean()
    sample.save()


@transaction.atomic
def finish_spot_check(*, by: User, check: SpotCheck, summary: str) -> None:
    """End the check with its summary; from now on nothing in it changes.

    Samples that could not be seen stay unrecorded and are counted as such. Raises ValidationError: finished already
    (code "finished"), nothing recorded, no summary.
    """
    locked = _lock_unfinished(check.pk)
    if not locked.samples.exclude(recorded_at=None).exists():
        raise ValidationError("还没有记录任何一个样本，不能结束检查。")
    locked.summary, locked.finished_at = summary.strip(), timezone.now()
    require_printable(summary=locked.summary)
    locked.full_clean()
    locked.save()
    audit(by=by, action="spot_check.finish", subject=locked, path=_path(locked))


def _lock_unfinished(check_id: int) -> SpotCheck:
    """So that no record comes after the end."""
    check = SpotCheck.objects.select_for_update(of=("self",)).select_related("school__unit").get(pk=check_id)
    if check.finished_at:
        raise ValidationError("这次检查已经结束，不能再修改。", code="finished")
    return check


def _path(check: SpotCheck) -> str:
    return check.school.unit.path_on(timezone.localdate())
