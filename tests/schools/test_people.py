import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from schools.models import Posting, Staff
from tests import factories as make

DAY = dt.timedelta(days=1)


def names(answer) -> set[str]:
    return {person.name for person in answer.context["page"]}


def address(name: str, person: User, **more) -> str:
    return reverse(f"schools:{name}", kwargs={"user_id": person.pk, **more})


def shown(answer) -> str:
    return answer.content.decode()


def test_academic_office_sees_her_school_and_nobody_else(signed_in):
    answer = signed_in("academic_office").get("/schools/people/")
    assert names(answer) == {"王语文", "赵数学", "钱主任", "孙校长"}


def test_an_officer_sees_her_county_and_nobody_above(signed_in, world):
    seen = names(signed_in("county_officer").get("/schools/people/"))
    assert world.people["supervisor"].name in seen
    assert world.people["city_officer"].name not in seen
    assert world.people["outside_teacher"].name not in seen


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "语文"}, {"王语文"}),
        ({"q": "002"}, {"赵数学"}),
        ({"q": "13700000003"}, {"钱主任"}),
        ({"q": " 孙 "}, {"孙校长"}),
        ({"q": "实验小学"}, {"王语文", "赵数学", "钱主任", "孙校长"}),
        ({"q": "没有此人"}, set()),
        ({"role": "principal"}, {"孙校长"}),
        ({"role": "teacher", "q": "王"}, {"王语文"}),
        ({"state": "shut_out"}, {"赵数学"}),
        ({"state": "not_activated"}, {"王语文", "孙校长"}),
        ({"role": "nonsense"}, {"王语文", "赵数学", "钱主任", "孙校长"}),
    ],
)
def test_the_list_can_be_narrowed(signed_in, world, query, found):
    world.people["academic_office"].set_password("correct-horse-7")
    world.people["academic_office"].save()
    User.objects.filter(name="赵数学").update(is_active=False)
    assert names(signed_in("academic_office").get("/schools/people/", query)) == found


def test_the_list_takes_the_same_queries_for_two_people_and_a_full_page(signed_in, world, django_assert_num_queries):
    client = signed_in("academic_office")
    client.get("/schools/people/")
    for _ in range(60):
        make.StaffFactory(school=world.school)
    with django_assert_num_queries(8):  # session, user, roles, unread, count, people, their postings, their posts
        answer = client.get("/schools/people/")
    assert len(answer.context["page"].object_list) == 50


def test_who_has_left_is_gone_from_the_list_the_day_after(signed_in, world, clock):
    client = signed_in("academic_office")
    post = world.teacher.employments.get()
    client.post(address("staff_dismiss", world.teacher, staff_id=post.pk), {"last_day": timezone.localdate()})
    assert "王语文" in names(client.get("/schools/people/"))
    clock(timezone.now() + DAY)
    assert "王语文" not in names(client.get("/schools/people/"))
    assert client.get(address("people_detail", world.teacher)).status_code == 404


# --- adding ---


def add(client, **given):
    values = {"role": "teacher", "name": "新教师", "staff_no": "100", "first_day": "2026-10-14", **given}
    return client.post("/schools/people/add/", values)


def test_a_teacher_is_added_with_a_staff_number_and_no_phone(signed_in, world):
    answer = add(signed_in("academic_office"), unit=world.school.pk)
    staff = Staff.objects.get(school=world.school, staff_no="100")
    assert answer.url == address("people_detail", staff.user)
    assert (staff.user.name, staff.user.phone) == ("新教师", None)
    assert staff.user.postings.get().role == "teacher"
    assert AuditEntry.objects.filter(action="posting.add", by=world.people["academic_office"]).exists()


def test_a_supervisor_is_added_with_a_phone_and_no_staff_number(signed_in, world):
    client = signed_in("county_officer")
    answer = add(client, unit=world.county.pk, role="supervisor", name="新督学", staff_no="", phone="13700000099")
    person = User.objects.get(phone="13700000099")
    assert answer.url == address("people_detail", person)
    assert not person.employments.exists()


def test_an_officer_is_added_with_duties(signed_in, world):
    duties = ["checker", "signer"]
    add(signed_in("city_officer"), unit=world.county.pk, role="officer", phone="13700000099", duties=duties)
    assert Posting.objects.get(user__phone="13700000099").duties == duties


def test_a_known_phone_keeps_its_account(signed_in, world):
    add(signed_in("county_officer"), unit=world.county.pk, role="supervisor", name="孙校长", phone="13700000004")
    assert world.people["principal"].postings.filter(unit=world.county, role="supervisor").exists()


@pytest.mark.parametrize(
    ("person", "given", "words"),
    [
        ("academic_office", {"role": "principal"}, "principal 不在可用的选项中"),
        ("academic_office", {"staff_no": ""}, "请填写工号。"),
        ("academic_office", {"staff_no": "001"}, "本校已有这个工号。"),
        ("academic_office", {"phone": "1370000000"}, "请输入11位手机号。"),
        ("academic_office", {"phone": "13700000004"}, "请核对姓名或手机号"),
        ("academic_office", {"first_day": "someday"}, "输入一个有效的日期"),
        ("county_officer", {"role": "supervisor", "staff_no": "", "phone": ""}, "请填写手机号。"),
        ("county_officer", {"role": "liaison", "phone": "13700000099"}, "不能设在学校"),
        ("county_officer", {"role": "admin", "phone": "13700000099"}, "admin 不在可用的选项中"),
    ],
)
def test_what_cannot_be_added_says_why(signed_in, world, person, given, words):
    before = User.objects.count()
    answer = add(signed_in(person), unit=world.school.pk, **given)
    assert answer.status_code == 200
    assert words in shown(answer)
    assert User.objects.count() == before


def test_a_unit_outside_the_scope_cannot_be_chosen(signed_in, world):
    answer = add(signed_in("county_officer"), unit=world.other_school.pk)
    assert answer.context["form"].errors["unit"]
    assert not Staff.objects.filter(staff_no="100").exists()


def test_a_role_from_one_unit_cannot_be_given_at_another(signed_in, world):
    """教导处 of one school who is an officer elsewhere gives no principals at the school."""
    make.PostingFactory(user=world.people["academic_office"], unit=world.other_county, role="officer")
    answer = add(signed_in("academic_office"), unit=world.school.pk, role="principal")
    assert "您不能在东县实验小学设置“校长”。" in shown(answer)
    assert not Staff.objects.filter(staff_no="100").exists()


def test_a_school_role_at_a_county_is_refused(signed_in, world):
    answer = add(signed_in("county_officer"), unit=world.county.pk)
    assert answer.context["form"].errors["unit"] == ["教师、教导处和校长只能设在学校。"]


# --- postings ---


def test_a_further_role_is_given_from_a_day_on(signed_in, world):
    client = signed_in("county_officer")
    values = {"unit": world.school.pk, "role": "academic_office", "first_day": "2026-11-01"}
    assert client.post(address("people_appoint", world.teacher), values).status_code == 302
    posting = world.teacher.postings.get(role="academic_office")
    assert posting.first_day == dt.date(2026, 11, 1)


def test_a_role_given_twice_is_refused_with_words(signed_in, world):
    values = {"unit": world.school.pk, "role": "teacher", "first_day": "2026-11-01"}
    answer = signed_in("county_officer").post(address("people_appoint", world.teacher), values)
    assert "此人在该单位已有这个角色。" in shown(answer)


def test_nobody_appoints_herself(signed_in, world):
    officer = world.people["county_officer"]
    values = {"unit": world.county.pk, "role": "officer", "duties": ["signer"], "first_day": "2026-11-01"}
    assert signed_in("county_officer").post(address("people_appoint", officer), values).status_code == 403


@pytest.mark.parametrize(
    ("person", "of", "status"),
    [
        ("academic_office", "teacher", 302),
        ("academic_office", "principal", 403),
        ("academic_office", "academic_office", 403),
        ("county_officer", "principal", 302),
        ("county_officer", "county_officer", 403),
        ("county_officer", "city_officer", 404),
        ("outside_officer", "teacher", 404),
    ],
)
def test_a_role_is_ended_by_those_who_may_give_it(signed_in, world, person, of, status):
    other = world.people[of]
    posting = other.postings.get()
    answer = signed_in(person).post(address("posting_end", other, posting_id=posting.pk), {"last_day": "2026-10-31"})
    posting.refresh_from_db()
    assert answer.status_code == status
    assert posting.last_day == (dt.date(2026, 10, 31) if status == 302 else None)


def test_one_role_can_be_ended_though_another_is_not_hers_to_give(signed_in, world):
    """A teacher of two schools leaves one: its 教导处 ends that role alone."""
    make.PostingFactory(user=world.teacher, unit=world.other_school.unit, role="teacher")
    mine = world.teacher.postings.get(unit=world.school.unit)
    client = signed_in("academic_office")
    client.post(address("posting_end", world.teacher, posting_id=mine.pk), {"last_day": "2026-10-31"})
    mine.refresh_from_db()
    assert mine.last_day == dt.date(2026, 10, 31)
    assert client.post(address("people_code", world.teacher)).status_code == 403


@pytest.mark.parametrize(("last_day", "words"), [("2019-01-01", "结束日期不能早于开始日期。"), ("", "请填写最后一天")])
def test_a_bad_last_day_is_refused_with_words(signed_in, world, last_day, words):
    posting = world.teacher.postings.get()
    where = address("posting_end", world.teacher, posting_id=posting.pk)
    assert words in shown(signed_in("academic_office").post(where, {"last_day": last_day}, follow=True))
    posting.refresh_from_db()
    assert posting.last_day is None


def test_somebody_elses_posting_is_not_found_under_this_person(signed_in, world):
    posting = world.people["head_teacher"].postings.get()
    where = address("posting_end", world.teacher, posting_id=posting.pk)
    assert signed_in("academic_office").post(where, {"last_day": "2026-10-31"}).status_code == 404


def test_ending_the_last_role_in_the_past_leads_back_to_the_list(signed_in, world):
    posting = world.teacher.postings.get()
    where = address("posting_end", world.teacher, posting_id=posting.pk)
    assert signed_in("academic_office").post(where, {"last_day": "2026-10-01"}).url == "/schools/people/"


def test_an_officers_duties_are_set_by_those_above(signed_in, world):
    officer = world.people["county_officer"]
    posting = officer.postings.get()
    where = address("posting_duties", officer, posting_id=posting.pk)
    signed_in("city_officer").post(where, {"duties": ["signer"]})
    posting.refresh_from_db()
    assert posting.duties == ["signer"]
    assert AuditEntry.objects.get(action="posting.set_duties").detail["duties"] == ["signer"]


def test_duties_are_an_officers_only(signed_in, world):
    posting = world.teacher.postings.get()
    where = address("posting_duties", world.teacher, posting_id=posting.pk)
    answer = signed_in("county_officer").post(where, {"duties": ["signer"]}, follow=True)
    assert "只有教育局工作人员才有报表职责。" in shown(answer)


def test_leaving_a_school_ends_post_role_and_classes(signed_in, world):
    post = world.teacher.employments.get()
    where = address("staff_dismiss", world.teacher, staff_id=post.pk)
    signed_in("academic_office").post(where, {"last_day": "2026-10-31"})
    last_days = [
        world.teacher.employments.get().last_day,
        world.teacher.postings.get().last_day,
        world.teacher.teachings.get().last_day,
    ]
    assert last_days == [dt.date(2026, 10, 31)] * 3


def test_academic_office_does_not_dismiss_the_principal(signed_in, world):
    principal = world.people["principal"]
    where = address("staff_dismiss", principal, staff_id=principal.employments.get().pk)
    assert signed_in("academic_office").post(where, {"last_day": "2026-10-31"}).status_code == 403


# --- one person's page ---


def test_a_superior_is_shown_without_anything_to_press(signed_in, world):
    page = shown(signed_in("academic_office").get(address("people_detail", world.people["principal"])))
    assert "账号由上级管理人员管理" in page
    assert address("people_code", world.people["principal"]) not in page
    assert "/end/" not in page


def test_ones_own_page_leads_to_the_password(signed_in, world):
    page = shown(signed_in("academic_office").get(address("people_detail", world.people["academic_office"])))
    assert reverse("accounts:change_password") in page


def test_a_name_and_a_number_are_put_right(signed_in, world):
    where = address("people_correct", world.teacher)
    signed_in("academic_office").post(where, {"name": "王雨文", "phone": "13700000088"})
    world.teacher.refresh_from_db()
    assert (world.teacher.name, world.teacher.phone) == ("王雨文", "13700000088")
    assert AuditEntry.objects.get(action="user.correct").detail["before"]["name"] == "王语文"


def test_a_number_somebody_has_is_refused(signed_in, world):
    where = address("people_correct", world.teacher)
    answer = signed_in("academic_office").post(where, {"name": "王语文", "phone": "13700000004"})
    assert answer.status_code == 422
    assert "这个手机号已有账号。" in shown(answer)
    assert "<h1>王语文" in shown(answer)
