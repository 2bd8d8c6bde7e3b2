"""The pages of reports: what officers, principals and outsiders find on them."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Job
from reports import documents, services, tasks
from reports.models import Report
from schools.periods import parse
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.reports.city import MONDAY, TUESDAY, post
from tests.reports.issue import issue

pytestmark = pytest.mark.django_db

AFTER = dt.datetime(2026, 10, 16, 9, tzinfo=SHANGHAI)
H1 = parse("2026-10-H1")


@pytest.fixture(autouse=True)
def unprinted(monkeypatch):
    monkeypatch.setattr(documents, "print_all", lambda snapshot, made_at: [documents.make_json(snapshot)])
    monkeypatch.setattr(documents, "print_issued", lambda snapshot, particulars: [])


def made(unit, now=AFTER):
    return services.make_report(unit=unit, period=H1, now=now)


def issued(unit, now=AFTER):
    return issue(made(unit, now))


def detail(world, **kwargs):
    return reverse("reports:report_detail", kwargs={"code": world.county.code, "period": "2026-10-H1"} | kwargs)


def text(response):
    return response.content.decode()


def test_the_city_sees_every_unit_and_a_county_its_own(signed_in, world):
    url = reverse("reports:report_list")
    page = text(signed_in("city_officer").get(url))
    assert page.count("生成草稿") == 6  # first half and month of three units
    assert all(unit.name in page for unit in (world.city, world.county, world.other_county))
    assert "西县" not in text(signed_in("county_officer").get(url))


def test_a_period_that_has_not_begun_cannot_be_made(signed_in, world):
    page = text(signed_in("county_officer").get(reverse("reports:report_list")))
    assert page.count("未开始") == 1
    response = signed_in("county_officer").post(
        reverse("reports:report_make", kwargs={"code": world.county.code, "period": "2026-11"}), follow=True
    )
    assert "还没有开始" in text(response)
    assert not Job.objects.exists()


def test_making_leads_to_a_page_that_asks_again_until_it_is_done(signed_in, world, clock):
    clock(AFTER)
    client = signed_in("county_officer")
    make_url = reverse("reports:report_make", kwargs={"code": world.county.code, "period": "2026-10-H1"})
    assert client.post(make_url).url == detail(world)
    assert "hx-trigger" in text(client.get(detail(world)))
    assert "排队等候" in text(client.get(detail(world), headers={"HX-Request": "true"}))
    tasks.make_report(Job.objects.get(task="reports.tasks.make_report").pk)
    assert client.get(detail(world), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "hx-trigger" not in text(client.get(detail(world)))


def test_a_second_look_that_finds_nothing_says_so(signed_in, world, clock):
    clock(AFTER)
    client = signed_in("county_officer")
    make_url = reverse("reports:report_make", kwargs={"code": world.county.code, "period": "2026-10-H1"})
    for _ in range(2):
        assert "数字没有变化" not in text(client.get(detail(world)))
        client.post(make_url)
        tasks.make_report(Job.objects.filter(task="reports.tasks.make_report").latest("pk").pk)
        clock(AFTER + dt.timedelta(hours=1))
    assert "已核对，数字没有变化" in text(client.get(detail(world)))


def test_a_failed_job_is_said_in_words(signed_in, world):
    Job.objects.create(
        task="reports.tasks.make_report",
        key=services.job_key(world.county, H1),
        state=Job.State.FAILED,
        note="现有字体打不出:㐀",
    )
    page = text(signed_in("county_officer").get(detail(world)))
    assert "生成失败" in page
    assert "现有字体打不出:㐀" in page


def test_the_figures_are_on_the_page(signed_in, world):
    post(world.class_group, MONDAY, 70)
    made(world.county)
    page = text(signed_in("county_officer").get(detail(world)))
    assert "100%" in page  # the only judged class-day is over
    assert 'data-chart="trend"' in page
    assert "东县实验小学" in page


def test_downloading_gives_the_very_bytes(signed_in, world):
    report = made(world.county)
    url = reverse(
        "reports:report_download",
        kwargs={"code": world.county.code, "period": "2026-10-H1", "version": 1, "format": "json"},
    )
    response = signed_in("county_officer").get(url)
    assert response.content == bytes(report.files.get(format="json").content)
    assert response["Content-Type"] == "application/json"
    assert "attachment" in response["Content-Disposition"]
    assert signed_in("outside_officer").get(url).status_code == 404
    entry = AuditEntry.objects.get(action="report.download")
    assert (entry.by, entry.subject) == (world.people["county_officer"], f"reports.Report:{report.pk}")


def test_the_zip_holds_the_latest_of_my_units_and_nothing_else(signed_in, world, clock):
    clock(AFTER)
    issued(world.county)
    issued(world.other_county)
    response = signed_in("county_officer").get(reverse("reports:report_zip", kwargs={"period": "2026-10-H1"}))
    names = zipfile.ZipFile(io.BytesIO(response.content)).namelist()
    assert names == [f"{world.county.code}东县2026年10月上半月作业管理半月报.json"]


def test_older_versions_stay_at_hand(signed_in, world):
    post(world.class_group, MONDAY, 30)
    issued(world.county)
    post(world.class_group, TUESDAY, 70)
    services.rollup.rebuild_day(TUESDAY)
    made(world.county, AFTER + dt.timedelta(days=1))
    page = text(signed_in("county_officer").get(detail(world)))
    assert "历次版本" in page
    assert "更正说明" in page


def test_a_period_code_that_says_nothing_is_not_found(signed_in, world):
    assert signed_in("county_officer").get(detail(world, period="2026-13")).status_code == 404
    assert signed_in("county_officer").get(reverse("reports:report_zip", kwargs={"period": "x"})).status_code == 404


def test_a_principal_sees_her_schools_line_and_no_other(signed_in, world):
    post(world.class_group, MONDAY, 70)
    neighbour = make.SchoolFactory(parent=world.county, name="邻校")
    make.TeachingFactory(class_group=make.ClassGroupFactory(school=neighbour))
    issued(world.county)
    issued(world.city)
    page = text(signed_in("principal").get(reverse("reports:report_list")))
    assert "东县实验小学" in page
    assert "邻校" not in page
    assert page.count("2026年10月上半月") == 1  # from the county's report, not again from the city's
    assert "不达标" in page
    assert "生成" not in page.replace("生成报表", "")


def test_a_principal_sees_no_drafts(signed_in, world):
    post(world.class_group, MONDAY, 70)
    made(world.county, dt.datetime(2026, 10, 13, 9, tzinfo=SHANGHAI))
    made(world.city)  # final, and not issued
    assert "还没有正式报表" in text(signed_in("principal").get(reverse("reports:report_list")))


def test_a_principal_directly_below_the_city_finds_her_line_in_the_citys_report(client, world):
    school = make.SchoolFactory(parent=world.city, name="市直小学")
    make.TeachingFactory(class_group=make.ClassGroupFactory(school=school))
    principal = make.StaffFactory(school=school, role="principal").user
    issued(world.city)
    client.force_login(principal, "accounts.sign_in.PhoneBackend")
    page = text(client.get(reverse("reports:report_list")))
    assert page.count("2026年10月上半月") == 1


def test_a_principal_reads_the_latest_version(signed_in, world):
    post(world.class_group, MONDAY, 30)
    issued(world.county)
    post(world.class_group, TUESDAY, 70)
    services.rollup.rebuild_day(TUESDAY)
    issued(world.county, AFTER + dt.timedelta(days=1))
    page = text(signed_in("principal").get(reverse("reports:report_list")))
    assert Report.objects.count() == 2
    assert "50%" in page


def test_the_list_needs_the_same_queries_for_one_unit_and_for_many(signed_in, world, django_assert_max_num_queries):
    for number in range(5):
        made(make.CountyFactory(parent=world.city, name=f"{number}县"))
    client = signed_in("city_officer")
    with django_assert_max_num_queries(9):
        client.get(reverse("reports:report_list"))


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_a_month_at_the_ends_of_time_is_read_as_this_one(signed_in, month):
    assert signed_in("county_officer").get(f"/reports/?month={month}").context["is_this_month"]


def test_a_units_name_cannot_make_folders_in_the_zip(signed_in, world):
    world.county.name = "../../东/县"
    world.county.save()
    made(world.county)
    zipped = signed_in("county_officer").get(reverse("reports:report_zip", args=[H1.code]))
    [name] = zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()
    assert name.startswith(f"{world.county.code}东县2026年10月上半月")
