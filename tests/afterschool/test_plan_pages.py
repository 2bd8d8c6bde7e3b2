"""The pages of plans: writing, deciding, the list of an area, the sheet for the wall."""

import datetime as dt
import io
from urllib.parse import unquote

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.models import Plan, PlanSlot
from afterschool.plan_sheet import render_sheet
from afterschool.plan_terms import terms_of
from afterschool.services import plans as services
from tests import factories
from tests.afterschool import make
from tests.afterschool.test_plans import off_work, terms, week

pytestmark = pytest.mark.django_db
LIST = reverse("afterschool:plan_list")


def url(world, name="detail", *args):
    return reverse(f"afterschool:plan_{name}", args=[world.school.unit.code, *args])


def text(response):
    return response.content.decode()


def row(place, starts_at="16:00", ends_at="18:00", days="12345", **values):
    values = {"kind": "service", "season": "all", "title": "作业辅导"} | values
    values |= {"starts_at": starts_at, "ends_at": ends_at, "weekdays": list(days)}
    return {f"row-{place}-{name}": value for name, value in values.items()}


def form_data(*rows, **values):
    data = {"first_day": "2026-10-15", "last_day": "2026-10-31", "lessons_end_at": "15:50", "rows": str(len(rows))}
    for one in rows:
        data |= one
    return data | values


# --- Writing ---


def test_academic_office_writes_and_sends_the_first_version(signed_in, world):
    off_work(world.county, "18:00")
    client = signed_in("academic_office")
    data = form_data(row(0, ends_at="17:00"), row(1, starts_at="17:00", title="社团"), fee="不收费", leaves_1="17:50")
    response = client.post(url(world, "write"), data, follow=True)
    assert response.redirect_chain == [(url(world), 302)]
    page = text(response)
    for said in ("各项规定都符合", "16:00—17:00", "社团", "120分钟", "一年级 17:50", "不收费", "未报送"):
        assert said in page
    plan = Plan.objects.get()
    assert PlanSlot.objects.filter(plan=plan).count() == 10
    page = text(client.post(reverse("afterschool:plan_submit", args=[plan.pk]), follow=True))
    assert "已报送，待备案" in page
    assert "报送备案</button>" not in page
    assert url(world, "write") not in page
    assert client.get(url(world, "write")).status_code == 302
    assert client.post(reverse("afterschool:plan_submit", args=[plan.pk])).status_code == 409
    assert client.post(url(world, "write"), data).status_code == 409


def test_before_saving_each_failure_is_shown_with_its_rule_and_source(signed_in, world):
    off_work(world.county, "18:00")
    data = form_data(row(0, "16:00", "16:40"), row(1, "16:50", "17:30", days="124"), action="check")
    response = signed_in("academic_office").post(url(world, "write"), data)
    page = text(response)
    assert response.status_code == 200
    assert "不达标2项" in page
    assert "少于2小时" in page
    assert "周一、周二、周四80分钟；周三、周五40分钟" in page
    assert "17:30结束，下班时间18:00" in page
    assert "依据：中共中央办公厅、国务院办公厅《" in page
    assert "下班时间按18:00核对" in page
    assert 'value="16:40"' in page
    assert not Plan.objects.exists()


def test_without_an_off_work_time_the_page_says_that_the_end_was_not_judged(signed_in, world):
    page = text(signed_in("academic_office").post(url(world, "write"), form_data(row(0), action="check")))
    assert "各项规定都符合" in page
    assert "结束时间没有核对" in page


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("5+2", {("15:50", "17:50", "12345")}),
        ("1+X", {("15:50", "16:50", "12345"), ("16:50", "17:50", "12345")}),
        ("clubs", {("15:50", "17:50", "135"), ("15:50", "17:50", "24")}),
        ("own", {("", "", "12345")}),
    ],
)
def test_a_shape_fills_the_week(signed_in, world, shape, expected):
    client = signed_in("academic_office")
    response = client.post(url(world, "write"), form_data(row(0, "08:00", "09:00"), action=f"shape:{shape}"))
    assert response.status_code == 200
    assert shown_rows(response) == expected
    assert not Plan.objects.exists()


def test_a_shape_goes_on_until_people_leave_work_in_each_season(signed_in, world):
    off_work(world.county, "18:30")
    off_work(world.county, "17:30", dt.date(2026, 10, 20))
    winter = {"winter_first_day": "2026-10-20", "winter_last_day": "2026-12-31"}
    response = signed_in("academic_office").post(url(world, "write"), form_data(action="shape:5+2", **winter))
    rows = [(one["season"].value(), f"{one['ends_at'].value():%H:%M}") for one in response.context["forms"].rows]
    assert rows == [("summer", "18:30"), ("winter", "17:50")]


def shown_rows(response):
    def clock(value):
        return f"{value:%H:%M}" if isinstance(value, dt.time) else value or ""

    return {
        (clock(one["starts_at"].value()), clock(one["ends_at"].value()), "".join(one["weekdays"].value()))
        for one in response.context["forms"].rows
    }


def test_rows_are_added_and_dropped_without_losing_what_was_typed(signed_in, world):
    client = signed_in("academic_office")
    data = form_data(row(0, "16:00", ""), row(1, "17:00", "十八点"), places="操场", first_day="明天")
    added = client.post(url(world, "write"), data | {"action": "add"})
    assert shown_rows(added) == {("16:00", "", "12345"), ("17:00", "十八点", "12345"), ("", "", "12345")}
    assert "操场" in text(added)
    assert "明天" in text(added)
    assert "还没有保存，请改正" not in text(added)
    dropped = client.post(url(world, "write"), data | {"action": "drop:0"})
    assert shown_rows(dropped) == {("17:00", "十八点", "12345")}
    for nothing in ("drop:9", "drop:x", "drop:", "shape:x", "x"):
        assert len(client.post(url(world, "write"), data | {"action": nothing}).context["forms"].rows) == 2


@pytest.mark.parametrize("count", ["", "x", "-1", "9999", "²"])
def test_a_bad_number_of_rows_is_none(signed_in, world, count):
    response = signed_in("academic_office").post(url(world, "write"), form_data(rows=count, action="check"))
    assert response.status_code == 200


def test_no_more_rows_than_the_page_holds(signed_in, world):
    client = signed_in("academic_office")
    response = client.post(url(world, "write"), form_data(rows="999", action="add"))
    assert len(response.context["forms"].rows) == 24
    assert "增加一行" not in text(response)


@pytest.mark.parametrize(
    ("rows", "values", "said"),
    [
        ([], {"first_day": ""}, "请填写起始日期。"),
        ([], {"first_day": "2026-02-30"}, "起始日期不对，请重新选择。"),
        ([], {"lessons_end_at": "25:00"}, "课程结束时间不对，应如17:30。"),
        ([], {"last_day": "2026-10-14"}, "截止日期不能早于起始日期。"),
        ([], {"fee": "字" * 201}, "收费标准最多200字，现在有201字。"),
        ([], {"winter_first_day": "2026-10-20"}, "冬季作息请填写起止两个日期"),
        ([], {"leaves_1": "x"}, "一年级离校时间不对"),
        ([], {"key": "x"}, "页面已过期"),
        ([row(0, ends_at="")], {}, "请填写结束时间。"),
        ([row(0, starts_at="")], {}, "请填写开始时间。"),
        ([row(0, "18:00", "16:00")], {}, "结束时间必须晚于开始时间。"),
        ([row(0, days="")], {}, "请选择星期几。"),
        ([row(0, days="6")], {}, "请选择周一到周五。"),
        ([row(0, kind="x")], {}, "请选择列出的类型。"),
        ([row(0, title="字" * 41)], {}, "内容最多40字，现在有41字。"),
        ([row(0), row(1, ends_at="17:00")], {}, "周一16:00安排了两次"),
        ([row(0, season="winter")], {}, "请填写冬季作息的起止日期"),
    ],
)
def test_bad_input_is_sent_back_in_words(signed_in, world, rows, values, said):
    response = signed_in("academic_office").post(url(world, "write"), form_data(*rows, **values))
    assert response.status_code == 422
    assert said in text(response)
    assert "必填项" not in text(response)
    assert not Plan.objects.exists()


def test_a_phone_that_sends_twice_saves_once(signed_in, world):
    client = signed_in("academic_office")
    key = client.get(url(world, "write")).context["forms"].form.initial["key"]
    for _ in range(2):
        assert client.post(url(world, "write"), form_data(row(0), key=str(key))).status_code == 302
    assert Plan.objects.count() == 1


def test_an_empty_row_says_nothing(signed_in, world):
    signed_in("academic_office").post(url(world, "write"), form_data(row(0), row(1, "", "", title="")))
    assert PlanSlot.objects.count() == 5


def test_the_next_version_is_begun_from_the_filed_one(signed_in, world):
    make.plan(world, fee="每课时3元")
    response = signed_in("academic_office").get(url(world, "write"))
    forms = response.context["forms"]
    assert "第2版" in text(response)
    assert forms.form.initial["first_day"] == factories.TODAY + dt.timedelta(days=1)
    assert forms.form.initial["last_day"] == make.LAST_DAY
    assert forms.form.initial["fee"] == "每课时3元"
    assert [one.initial["weekdays"] for one in forms.rows] == [list("12345")] * 2


def test_a_first_plan_is_begun_for_the_term(signed_in, world):
    form = signed_in("academic_office").get(url(world, "write")).context["forms"].form
    assert (form.initial["first_day"], form.initial["last_day"]) == (make.FIRST_DAY, make.LAST_DAY)


def test_a_returned_plan_is_begun_with_its_reason(signed_in, world):
    make.plan(world, state=Plan.State.RETURNED)
    page = text(signed_in("academic_office").get(url(world, "write")))
    assert "请补充安全保障" in page
    assert "第1版" in page


# --- Deciding ---


@pytest.fixture
def waiting(world):
    """Eighty minutes a day: it breaks a rule."""
    office = world.people["academic_office"]
    what = terms(slots=week(("16:00", "16:40"), ("16:50", "17:30")))
    return services.submit_plan(by=office, plan=services.write_plan(by=office, school=world.school, terms=what))


def test_the_county_sees_the_failures_and_files_only_knowingly(signed_in, world, waiting):
    client = signed_in("county_officer")
    page = text(client.get(url(world)))
    assert "不达标1项" in page
    assert "不足2小时" in page
    assert "已知不达标，仍备案" in page
    address = reverse("afterschool:plan_file", args=[waiting.pk])
    refused = client.post(address, {"filing_no": "东教课备〔2026〕1号"})
    assert refused.status_code == 422
    assert "请勾选" in text(refused)
    assert "东教课备〔2026〕1号" in text(refused)
    filed = client.post(address, {"filing_no": "东教课备〔2026〕1号", "despite_failures": "on"}, follow=True)
    assert "执行中" in text(filed)
    again = client.post(address, {"filing_no": "2号"})
    assert again.status_code == 409
    assert "可能已由同事处理" in text(again)


def test_a_plan_that_breaks_nothing_asks_nothing(signed_in, world):
    plan = make.plan(world, state=Plan.State.SUBMITTED)
    client = signed_in("county_officer")
    assert "仍备案" not in text(client.get(url(world)))
    assert client.post(reverse("afterschool:plan_file", args=[plan.pk]), {"filing_no": "1号"}).status_code == 302


def test_the_county_returns_it_with_a_reason_and_the_school_reads_it(signed_in, world, waiting):
    address = reverse("afterschool:plan_return", args=[waiting.pk])
    client = signed_in("county_officer")
    refused = client.post(address, {"note": ""})
    assert refused.status_code == 422
    assert "退回时请写明原因" in text(refused)
    client.post(address, {"note": "请延长到18:00"})
    page = text(signed_in("academic_office").get(url(world)))
    assert "退回原因：请延长到18:00" in page
    assert url(world, "write") in page


def test_the_city_looks_on_but_files_for_the_schools_directly_below_it(signed_in, world, waiting):
    client = signed_in("city_officer")
    assert "备案或退回" not in text(client.get(url(world)))
    assert client.post(reverse("afterschool:plan_return", args=[waiting.pk]), {"note": "改"}).status_code == 403
    school = factories.SchoolFactory(parent=world.city)
    plan = make.plan(world, school=school, state=Plan.State.SUBMITTED)
    response = client.post(reverse("afterschool:plan_file", args=[plan.pk]), {"filing_no": "1号"})
    assert response.status_code == 302


def test_a_draft_is_the_schools_own(signed_in, world):
    draft = make.plan(world, state=Plan.State.DRAFT)
    assert "未报送" in text(signed_in("principal").get(url(world)))
    client = signed_in("county_officer")
    assert "还没有报送" in text(client.get(url(world)))
    assert client.get(url(world), {"version": "1"}).status_code == 404
    assert client.get(url(world, "pdf", 1)).status_code == 404
    assert client.post(reverse("afterschool:plan_file", args=[draft.pk]), {"filing_no": "1号"}).status_code == 404
    assert "未报送" in text(client.get(LIST))


# --- Reading ---


def test_each_reader_first_sees_what_concerns_her(signed_in, world):
    make.plan(world)
    make.plan(world, state=Plan.State.SUBMITTED, first_day=factories.TODAY)
    for person, version in (("county_officer", 2), ("academic_office", 2), ("teacher", 1), ("supervisor", 1)):
        assert signed_in(person).get(url(world)).context["plan"].version == version
    assert signed_in("teacher").get(url(world), {"version": "2"}).context["plan"].version == 2
    for unknown in ("9", "x"):
        assert signed_in("teacher").get(url(world), {"version": unknown}).status_code == 404


def test_other_care_is_shown_and_not_counted(signed_in, world):
    plan = make.plan(world)
    PlanSlot.objects.create(plan=plan, kind="evening", weekday=1, starts_at=dt.time(19), ends_at=dt.time(21))
    page = text(signed_in("principal").get(url(world)))
    assert "晚自习（不计）" in page
    assert "240分钟" not in page


def test_versions_are_compared(signed_in, world):
    make.plan(world, fee="不收费")
    make.plan(world, state=Plan.State.SUBMITTED, fee="每课时3元")
    client = signed_in("teacher")
    page = text(client.get(url(world, "compare")))
    assert "收费标准" in page
    assert "每课时3元" in page
    assert "周一" not in page
    assert "两版内容相同" in text(client.get(url(world, "compare"), {"old": "1", "new": "1"}))
    assert client.get(url(world, "compare"), {"old": "9"}).status_code == 404


def test_one_version_is_not_compared(signed_in, world):
    make.plan(world)
    assert signed_in("teacher").get(url(world, "compare")).status_code == 404


def test_the_page_of_a_plan_takes_few_queries(signed_in, world, waiting, django_assert_max_num_queries):
    off_work(world.county, "18:00")
    client = signed_in("county_officer")
    with django_assert_max_num_queries(18):
        client.get(url(world))


# --- The list of an area ---


def test_the_area_sees_states_failures_and_shares(signed_in, world):
    make.plan(world, failures=["two_hours"])
    make.plan(world, school=world.other_school)
    for state in (Plan.State.SUBMITTED, Plan.State.RETURNED):
        make.plan(world, school=factories.SchoolFactory(parent=world.county, name=f"{state.label}小学"), state=state)
    page = text(signed_in("city_officer").get(LIST))
    assert "占学校的50.0%" in page
    assert "占执行中的50.0%" in page
    assert "少于2小时" in page
    assert page.index("已报送，待备案小学") < page.index("东县实验小学")


def test_the_list_is_filtered(signed_in, world):
    make.plan(world, failures=["two_hours"])
    make.plan(world, school=factories.SchoolFactory(parent=world.county, name="待办小学"), state=Plan.State.SUBMITTED)
    factories.SchoolFactory(parent=world.county, name="没有小学")
    client = signed_in("county_officer")
    expected = {
        "waiting": {"待办小学"},
        "returned": set(),
        "none": {"待办小学", "没有小学"},
        "failing": {"东县实验小学"},
        "good": set(),
        "x": {"东县实验小学", "待办小学", "没有小学"},
    }
    for show, names in expected.items():
        rows = client.get(LIST, {"show": show}).context["rows"]
        assert {str(one["school"]) for one in rows} == names
    assert [str(one["school"]) for one in client.get(LIST, {"q": "没有"}).context["rows"]] == ["没有小学"]
    assert client.get(LIST, {"q": "\0"}).status_code == 200


def test_who_waits_longest_comes_first(signed_in, world):
    for day in (9, 7, 8):
        school = factories.SchoolFactory(parent=world.county, name=f"{day}日小学")
        at = dt.datetime(2026, 10, day, tzinfo=dt.UTC)
        make.plan(world, school=school, state=Plan.State.SUBMITTED, submitted_at=at)
    rows = signed_in("county_officer").get(LIST).context["rows"]
    assert [str(one["school"]) for one in rows] == ["7日小学", "8日小学", "9日小学", "东县实验小学"]


def test_somebody_of_one_school_is_led_to_it(signed_in, world):
    assert signed_in("principal").get(LIST).url == url(world)


def test_the_list_takes_the_same_queries_for_many_schools(signed_in, world):
    client = signed_in("city_officer")
    client.get(LIST)
    with CaptureQueriesContext(connection) as for_two:
        client.get(LIST)
    for _ in range(15):
        make.plan(world, school=factories.SchoolFactory(parent=world.county), failures=["two_hours"])
    with CaptureQueriesContext(connection) as for_many:
        client.get(LIST)
    assert len(for_many) == len(for_two) <= 8


# --- The sheet for the wall ---


def words_of(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text()


@pytest.mark.slow
def test_the_sheet_is_one_page_and_says_whether_it_is_filed(signed_in, world):
    make.plan(world, fee="每课时3元")
    make.plan(world, state=Plan.State.SUBMITTED)
    client = signed_in("teacher")
    response = client.get(url(world, "pdf", 1))
    assert unquote(response["Content-Disposition"]).endswith("东县实验小学课后服务方案第1版.pdf")
    filed = words_of(response.content)
    for said in ("备案号：东教课备〔2026〕1号", "16:00—17:00", "作业辅导", "120分钟", "每课时3元", "自愿"):
        assert said in filed
    assert "尚未备案" not in filed
    assert "尚未备案" in words_of(client.get(url(world, "pdf", 2)).content)
    assert client.get(url(world, "pdf", 3)).status_code == 404


@pytest.mark.slow
def test_the_sheet_of_a_full_plan_is_one_page(world):
    office = world.people["academic_office"]
    school = factories.SchoolFactory(parent=world.county, name="东县第一初级中学附属实验学校", stage="nine_year")
    slots = ()
    for season in ("summer", "winter"):
        times = (("16:00", "16:40"), ("16:50", "17:30"), ("17:40", "18:20"))
        slots += week(*times, season=season, title="分年级走班选修：书法、棋艺、合唱、篮球")
        slots += week(("19:00", "20:30"), season=season, kind="evening", title="寄宿生晚自习")
    what = terms(
        slots=slots,
        winter_first_day=dt.date(2026, 10, 16),
        winter_last_day=dt.date(2027, 3, 31),
        dismissals={grade: dt.time(17, 30 + grade) for grade in range(1, 10)},
        safety="\n".join("值班领导每天巡查各班，门卫逐一核对接送人。" * 2 for _ in range(23))[:1000],
        fee="每课时3元，每学期一次收取，家庭经济困难学生免收",
        fee_published_at="校门口公示栏、学校公众号",
        places="各班教室、操场、图书室、美术室、音乐室、实验室",
    )
    plan = services.write_plan(by=office, school=school, terms=what)
    said = words_of(render_sheet(plan).content)
    for one in ("夏季作息", "冬季作息", "九年级", "晚自习", "安全保障"):
        assert one in said
    assert terms_of(plan).slots
