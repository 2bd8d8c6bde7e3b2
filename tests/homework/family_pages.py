"""Who may open what families send and what becomes of it."""

import datetime as dt

from homework.models import Feedback
from tests import factories as make
from tests.access import OUTSIDERS, Page, expect
from tests.world import World

HIDDEN = dict.fromkeys(("liaison", *OUTSIDERS), 404)
OVERSEERS = expect(
    403,
    academic_office=200,
    principal=200,
    supervisor=200,
    county_officer=200,
    city_officer=200,
    outside_academic_office=200,
    outside_officer=200,
)
EVERYBODY = expect(200, anonymous=200)


def a_public_class(world: World) -> dict[str, object]:
    return {"key": make.ItemFactory(class_group=world.class_group, overrun_reason="复习").notice.class_group.board_key}


def a_notice(world: World) -> dict[str, object]:
    return {"notice_id": make.ItemFactory(class_group=world.class_group, overrun_reason="复习").notice_id}


def an_overdue_message(world: World) -> dict[str, object]:
    return {"feedback_id": overdue(world).pk}


def overdue(world: World, text: str = "抄写50遍，电话13812345678") -> Feedback:
    """Sent a fortnight ago and due yesterday."""
    return Feedback.objects.create(
        school=world.school,
        class_group=world.class_group,
        kind="repetitive",
        text=text,
        receipt=f"OVERDUE{Feedback.objects.count()}",
        sent_at=dt.datetime(2026, 10, 1, 2, tzinfo=dt.UTC),
        answer_by=make.TODAY - dt.timedelta(days=1),
    )


FAMILY_PAGES: dict[str, Page] = {
    "homework:time_sample": Page(a_public_class, EVERYBODY),
    "homework:feedback": Page(a_public_class, EVERYBODY),
    "homework:feedback_follow": Page(lambda world: {}, EVERYBODY),
    # Without the code's own cookie there is nothing to show.
    "homework:feedback_sent": Page(lambda world: {}, expect(302)),
    "homework:feedback_list": Page(lambda world: {}, OVERSEERS),
    "homework:feedback_detail": Page(
        an_overdue_message,
        expect(403, academic_office=200, principal=200, supervisor=200, county_officer=200, city_officer=200) | HIDDEN,
    ),
    # The city looks on, and the principal leaves it to 教导处. 422: the form is empty.
    "homework:feedback_answer": Page(
        an_overdue_message,
        expect(403, academic_office=422, supervisor=422, county_officer=422) | HIDDEN,
        method="post",
    ),
    "homework:feedback_whole": Page(
        an_overdue_message, expect(403, county_officer=200, city_officer=200) | HIDDEN, method="post"
    ),
    "homework:real_times": Page(lambda world: {}, OVERSEERS),
    "homework:school_real_times": Page(lambda world: {"code": world.school.unit.code}, OVERSEERS | HIDDEN),
    "homework:paper_list": Page(
        lambda world: a_notice(world) and {},
        # Her school outside has no class yet, so there is nothing for her to count.
        expect(403, head_teacher=200, academic_office=200),
    ),
    "homework:paper_sample": Page(a_notice, expect(403, head_teacher=200, academic_office=200) | HIDDEN),
}
