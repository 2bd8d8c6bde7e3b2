import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import ActivationCode, User
from accounts.services import give_activation_code
from accounts.sign_in import code_digest, locked_among
from schools.sign_in import lock_names
from tests import factories as make
from tests.accounts.people import PASSWORD, activated
from tests.accounts.test_lock_out import activation
from tests.accounts.test_sign_in import sign_in as sign_in_with

CODE = re.compile(r"[A-HJKMNP-Z2-9]{5}-[A-HJKMNP-Z2-9]{5}")


@pytest.fixture
def office(client, world):
    """教导处 of the school, signed in."""
    client.force_login(world.people["academic_office"], "accounts.sign_in.PhoneBackend")
    return client


def do(client, page: str, person: User, **values):
    return client.post(reverse(f"schools:{page}", kwargs={"user_id": person.pk}), values)


def slips(client, world, *people: User, school=None):
    where = reverse("schools:activation_slips", kwargs={"school_id": (school or world.school).pk})
    return client.post(where, {"person": [person.pk for person in people]})


def text_of(answer) -> str:
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return "\n".join(page.extract_text() for page in pages)


# --- one person ---


def test_a_code_is_shown_once_and_works(office, world, client):
    page = do(office, "people_code", world.teacher)
    code = CODE.search(page.content.decode())[0]
    assert "no-store" in page["Cache-Control"]
    client.logout()
    assert activation(client, code, account="001", school_code=world.school.unit.code).status_code == 302


def test_a_reset_ends_the_old_password(office, world):
    activated(world.teacher)
    do(office, "people_code", world.teacher)
    world.teacher.refresh_from_db()
    assert not world.teacher.has_usable_password()


@pytest.mark.parametrize("name", ["people_code", "people_unlock", "people_shut_out", "people_reopen", "people_correct"])
@pytest.mark.parametrize("role", ["principal", "academic_office"])
def test_the_account_of_a_superior_or_a_peer_is_not_touched(office, world, name, role):
    other = activated(make.StaffFactory(school=world.school, role=role).user)
    assert do(office, name, other, name="新名字").status_code == 403
    other.refresh_from_db()
    assert other.check_password(PASSWORD)
    assert other.is_active


def test_unlocking_lets_her_try_again(office, world):
    activated(world.teacher)
    for _ in range(5):
        sign_in_with(Client(), "13700000001", password="wrong")
    assert locked_among(lock_names(world.teacher)) == ["13700000001"]
    assert "登录已暂停" in office.get(reverse("schools:people_detail", args=[world.teacher.pk])).content.decode()
    do(office, "people_unlock", world.teacher)
    assert sign_in_with(Client(), "13700000001").status_code == 302


def test_shutting_and_reopening_an_account(office, world):
    activated(world.teacher)
    hers = Client()
    sign_in_with(hers, "13700000001")
    do(office, "people_shut_out", world.teacher)
    assert hers.get("/accounts/password/").status_code == 302
    assert sign_in_with(hers, "13700000001").status_code == 200
    do(office, "people_reopen", world.teacher)
    assert sign_in_with(hers, "13700000001").status_code == 302


# --- paper slips ---


@pytest.mark.slow
def test_slips_hold_what_one_needs_to_get_in(office, world):
    answer = slips(office, world, world.teacher, world.people["head_teacher"])
    text = text_of(answer)
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    for words in ("王语文", "赵数学", "001", "002", world.school.unit.code, "东县实验小学", "2026年11月12日"):
        assert words in text
    codes = CODE.findall(text)
    assert {code_digest(code) for code in codes} == set(ActivationCode.objects.values_list("digest", flat=True))
    assert len(codes) == 2
    assert "http://testserver/accounts/activate/" in re.sub(r"\s", "", text)


@pytest.mark.slow
def test_nine_slips_take_two_sheets(office, world):
    newcomers = [make.StaffFactory(school=world.school).user for _ in range(9)]
    assert len(PdfReader(io.BytesIO(slips(office, world, *newcomers[:8]).content)).pages) == 1
    assert len(PdfReader(io.BytesIO(slips(office, world, *newcomers).content)).pages) == 2


@pytest.mark.slow
def test_a_reset_can_be_printed_as_a_slip(office, world):
    answer = do(office, "people_code", world.teacher, **{"as": "slip"})
    assert ActivationCode.objects.get().digest == code_digest(CODE.search(text_of(answer))[0])


@pytest.mark.slow
def test_an_officers_slip_names_her_phone(client, world):
    client.force_login(world.people["city_officer"], "accounts.sign_in.PhoneBackend")
    officer = world.people["county_officer"]
    assert officer.phone in text_of(do(client, "people_code", officer, **{"as": "slip"}))


def test_who_has_a_password_gets_no_slip_and_keeps_it(office, world):
    activated(world.teacher)
    answer = slips(office, world, world.teacher)
    world.teacher.refresh_from_db()
    assert answer.context["form"].errors["person"]
    assert world.teacher.check_password(PASSWORD)
    assert not ActivationCode.objects.exists()


def test_those_who_wait_are_listed_without_superiors_and_other_schools(office, world):
    page = office.get(reverse("schools:activation_slips", args=[world.school.pk]))
    assert [person.name for person in page.context["people"]] == ["王语文", "赵数学"]


def test_slips_of_superiors_are_refused(office, world):
    assert slips(office, world, world.people["principal"]).context["form"].errors["person"]
    assert not ActivationCode.objects.exists()


def test_nobody_chosen_is_said(office, world):
    assert "请至少勾选一人。" in slips(office, world).content.decode()


def test_a_slip_given_out_before_is_not_printed_anew_by_itself(office, world):
    give_activation_code(by=None, user=world.teacher)
    page = office.get(reverse("schools:activation_slips", args=[world.school.pk])).content.decode()
    assert "10月14日发，未使用" in page
    assert page.count(" checked") == 1


def test_the_page_takes_the_same_queries_for_two_and_for_twenty(office, world, django_assert_num_queries):
    where = reverse("schools:activation_slips", args=[world.school.pk])
    office.get(where)
    for _ in range(20):
        make.StaffFactory(school=world.school)
    # session, user, unread, school, roles, the school's place; those who wait, their postings, posts and codes
    with django_assert_num_queries(10):
        office.get(where)


@pytest.mark.slow
def test_a_name_that_cannot_be_printed_gives_no_codes(office, world):
    User.objects.filter(pk=world.teacher.pk).update(name="王\U000f0000")
    answer = slips(office, world, world.teacher)
    assert "现有字体打不出" in answer.content.decode()
    assert not ActivationCode.objects.exists()
    assert do(office, "people_code", world.teacher, **{"as": "slip"}).status_code == 302
    assert not ActivationCode.objects.exists()


def test_when_all_have_activated_the_page_says_so(office, world):
    for part in ("teacher", "head_teacher"):
        activated(world.people[part])
    page = office.get(reverse("schools:activation_slips", args=[world.school.pk]))
    assert "没有等待激活的人员" in page.content.decode()
