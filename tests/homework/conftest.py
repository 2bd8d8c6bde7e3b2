"""A class and its people for the tests of homework."""

import datetime as dt
from collections.abc import Callable

import pytest

from homework import services
from homework.models import Item
from schools.models import ClassGroup
from tests import factories as make


@pytest.fixture
def class_group(db) -> ClassGroup:
    """A fifth grade with 语文 and 数学 in a term that runs from September to January."""
    city = make.CityFactory()
    county = make.CountyFactory(parent=city)
    school = make.SchoolFactory(parent=county)
    make.TermFactory(unit=city)
    class_group = make.ClassGroupFactory(school=school, number=1)
    for name in ("语文", "数学"):
        make.TeachingFactory(class_group=class_group, subject=make.subject(name))
    return class_group


@pytest.fixture
def post(class_group) -> Callable[..., Item]:
    """`post("语文", 20)` publishes written homework of so many minutes for the class; keywords go to the service."""

    def add(name: str = "语文", minutes: int = 20, **values: object) -> Item:
        values.setdefault("class_group", class_group)
        return make.ItemFactory(subject=make.subject(name), minutes=minutes, **values)

    return add


@pytest.fixture
def item_data() -> dict[str, object]:
    """A teacher's form as it is sent."""
    return {
        "day": make.TODAY.isoformat(),
        "subject": make.subject("语文").pk,
        "content": "抄写生字",
        "minutes": 20,
        "kind": "written",
        "place": "home",
        "layer": "all",
    }


def close(class_group: ClassGroup, day: dt.date = make.TODAY) -> None:
    services.close_day(by=make.UserFactory(), class_group=class_group, day=day)
