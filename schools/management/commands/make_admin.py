"""make_admin: the first system administrator of a city, or a way back in for one who has lost her password."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts import services
from accounts.models import User
from accounts.sign_in import grouped
from schools.models import OrgUnit, Posting, Role
from schools.services import people, units

# A city is older than any of its records here: whatever is entered later may begin on an earlier day than today.
CITY_OPENED_ON = dt.date(2000, 1, 1)


class Command(BaseCommand):
    help = "Make a system administrator of a city and print her activation code. Again for the same person: a new code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, metavar="CODE", help="code of the city, 6 digits")
        parser.add_argument("--name", required=True, help="the administrator's name")
        parser.add_argument("--phone", required=True, help="her phone number, with which she signs in")
        parser.add_argument("--city-name", default="", help="makes the city under this name when it is not there")

    def handle(self, *args: Any, unit: str, name: str, phone: str, city_name: str, **options: Any) -> None:
        try:
            code = make_admin(unit_code=unit, name=name, phone=phone, city_name=city_name)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"系统管理员：{name}（手机号{phone}）")
        self.stdout.write(f"激活码：{grouped(code)}（{settings.ACTIVATION_CODE_DAYS}天内有效，只显示这一次）")
        self.stdout.write("打开网站的“激活账号”页，填手机号和激活码，设置密码。")


@transaction.atomic
def make_admin(*, unit_code: str, name: str, phone: str, city_name: str) -> str:
    """The activation code. Raises ValidationError for an unknown unit, no city, a bad phone or somebody else's."""
    city = OrgUnit.objects.filter(code=unit_code).first()
    if city is None and not city_name:
        raise ValidationError(f"没有代码为{unit_code}的单位。要新建城市，请加上 --city-name。")
    if city is None:
        level = OrgUnit.Level.CITY
        city = units.add_unit(
            by=None, level=level, code=unit_code, name=city_name, parent=None, opened_on=CITY_OPENED_ON
        )
    user = User.objects.filter(phone=phone).first()
    today = timezone.localdate()
    if user is None or not Posting.objects.on(today).filter(user=user, unit=city, role=Role.ADMIN).exists():
        user = people.add_person(by=None, unit=city, name=name, phone=phone, role=Role.ADMIN, first_day=today)
    elif user.name != name.strip():
        raise ValidationError(f"手机号{phone}已登记给另一个姓名的人。")
    return services.give_activation_code(by=None, user=user)
