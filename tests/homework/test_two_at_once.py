"""Two teachers of one class at the same moment, on real connections."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import User
from homework import services
from homework.models import Item, Notice
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("has_notice", [False, True])
def test_of_two_posts_at_once_only_one_passes_the_limit_without_a_reason(class_group, post, has_notice):
    if has_notice:
        post("语文", 10, kind="reading")
    subjects = [make.subject("语文"), make.subject("数学")]
    teachers = [make.UserFactory(), make.UserFactory()]
    together = Barrier(2)

    def post_40_minutes(place: int) -> str:
        try:
            together.wait(timeout=10)
            make.ItemFactory(by=teachers[place], class_group=class_group, subject=subjects[place], minutes=40)
        except ValidationError as error:
            return error.code
        finally:
            connection.close()
        return "posted"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(post_40_minutes, range(2)))
    assert outcomes == ["over_limit", "posted"]
    assert (Notice.objects.get().load_minutes, Item.objects.filter(kind="written").count()) == (40, 1)


def test_forty_posts_at_once_never_pass_the_limit_without_a_reason(class_group, post):
    """Ten minutes are left: two of the forty fit, whichever they are, and every other one is told why not."""
    post("语文", 50)
    teachers = [make.UserFactory() for _ in range(40)]
    together = Barrier(40)

    def post_5_minutes(teacher: User) -> str:
        try:
            together.wait(timeout=30)
            make.ItemFactory(by=teacher, class_group=class_group, subject=make.subject("数学"), minutes=5)
        except ValidationError as error:
            return error.code
        finally:
            connection.close()
        return "posted"

    with ThreadPoolExecutor(40) as pool:
        outcomes = Counter(pool.map(post_5_minutes, teachers))
    notice = Notice.objects.get()
    assert outcomes == {"posted": 2, "over_limit": 38}
    assert (notice.load_minutes, notice.limit_minutes, notice.breached_rule) == (60, 60, "")
    assert sum(notice.items.live().values_list("minutes", flat=True)) == 60


def test_releasing_does_not_deadlock_with_a_post_to_several_classes(class_group, post):
    """A post takes its classes in the order of their ids, whichever notice was there first."""
    later = make.ClassGroupFactory(school=class_group.school, number=2)
    for group in (later, class_group):
        post("语文", 10, class_group=group)
    Notice.objects.update(awaits_release=True)
    seen = dict(Item.objects.values_list("notice", "pk"))
    by, holds = make.UserFactory(), Barrier(2)

    def release() -> int:
        try:
            holds.wait(timeout=10)
            return len(services.let_pass(by=by, seen=seen).passed)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Notice.objects.select_for_update().get(class_group=class_group)
            releasing = pool.submit(release)
            holds.wait(timeout=10)
            sleep(1)  # for the other to run into the lock
            Notice.objects.select_for_update().get(class_group=later)
        assert releasing.result(timeout=10) == 2
