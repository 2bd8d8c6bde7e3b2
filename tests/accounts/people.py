"""Somebody to sign in as."""

from accounts.models import User
from schools.models import Staff
from tests import factories as make

PASSWORD = "correct-horse-7"
PHONE = "13912345678"


def activated(user: User, password: str = PASSWORD) -> User:
    user.set_password(password)
    user.save()
    return user


def somebody(phone: str = PHONE) -> User:
    return activated(make.UserFactory(phone=phone))


def staff(school_code: str = "4109020001", staff_no: str = "A07", **values) -> Staff:
    hired = make.StaffFactory(school=make.SchoolFactory(code=school_code), staff_no=staff_no, **values)
    activated(hired.user)
    return hired
