"""The public board's addresses and whether search engines may list it."""

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from homework import board
from homework.models import BoardSettings
from schools.models import ClassGroup, School
from schools.services import classes


@transaction.atomic
def renew_address(*, by: User, class_group: ClassGroup) -> None:
    """The class gets a new public address; the old one is not found from the commit on."""
    classes.renew_board_key(by=by, class_group=class_group)
    school_id = class_group.school_id
    transaction.on_commit(lambda: board.forget([school_id]))


@transaction.atomic
def set_indexing(*, by: User, school: School, may_be_indexed: bool) -> None:
    """Whether search engines may list the school's page. Its classes' pages they never may."""
    BoardSettings.objects.update_or_create(school=school, defaults={"may_be_indexed": may_be_indexed})
    audit(by=by, action="board.set_indexing", subject=school, may_be_indexed=may_be_indexed)
    transaction.on_commit(lambda: board.forget([school.pk]))
