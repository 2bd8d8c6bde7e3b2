"""A workbook beside the register: nothing overwritten that nobody decided on, nothing half-written, and undone."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inspections.services import visits
from paper.workbook import Column, Kind, Sheet, read_rows, write_workbook
from tests.training import make
from training.models import Institution, RegisterImport
from training.services import campaigns, imports, register

pytestmark = pytest.mark.django_db

HEADERS = ("机构名称", "信用代码", "所属区县", "培训类别", "机构状态", "示范合同", "成立时间", "备注")
CODES = ("91330100799655058B", "9144030071526726XG", "91110000802100433B")


def workbook(*rows: tuple[object, ...], headers: tuple[str, ...] = HEADERS) -> bytes:
    columns = [Column(header, header, Kind.TEXT) for header in headers]
    return write_workbook([Sheet("导出", columns, [(*row, *([None] * (len(headers) - len(row)))) for row in rows])])


@pytest.fixture
def officer(world):
    return world.people["city_officer"]


def sent(world, officer, *rows: tuple[object, ...], **options) -> RegisterImport:
    """Sent in for the city, and looked at with the guessed columns."""
    batch = imports.send_in(by=officer, unit=world.city, name="平台导出.xlsx", content=workbook(*rows, **options))
    imports.set_mapping(by=officer, batch=batch, mapping=batch.mapping)
    batch.refresh_from_db()
    return batch


def test_columns_are_guessed_by_any_of_their_names(world, officer):
    batch = imports.send_in(by=officer, unit=world.city, name="a.xlsx", content=workbook())
    assert batch.mapping == {
        "name": "机构名称",
        "credit_code": "信用代码",
        "county": "所属区县",
        "subject": "培训类别",
        "state": "机构状态",
        "model_contract": "示范合同",
        "founded_on": "成立时间",
    }


def test_only_there_only_here_differs_and_broken(world, officer):
    make.institution(officer, world.county, "启明学校", credit_code=CODES[0])
    make.institution(officer, world.county, "没在文件里的学校")
    make.institution(officer, world.county, "不变的学校", model_contract=True)
    batch = sent(
        world,
        officer,
        ("启明教育学校", CODES[0], "东县", "学科类", "停业", "是"),
        ("不变的学校", None, world.county.code, "学科", "在营", "是"),
        ("新来的学校", CODES[1], "西县", "非学科类", "在营", "否", "2020-03-01"),
        ("没有类别", None, "东县"),
        ("不知在哪", None, "南县", "学科类"),
        ("代码不对", CODES[1][:-1] + "A", "东县", "学科类"),
        ("写法不对", None, "东县", "学科类", "开着"),
        ("重复的", None, "东县", "学科类"),
        ("重复的", None, "东县", "学科类"),
    )
    found = imports.looked_at(batch)
    assert batch.summary == {"new": 1, "differing": 1, "same": 1, "broken": 6, "only_here": 1}
    assert found.differing[0].fields == {"name": ("启明学校", "启明教育学校"), "model_contract": (False, True)}
    assert found.differing[0].by_steps == {"state": ("operating", "suspended")}
    assert [row.name for row in found.only_here] == ["没在文件里的学校"]
    assert found.broken == {
        5: ["培训类别：必填，不能空着。"],
        6: ["县（市、区）：没有“南县”，或不在您的范围内。"],
        7: ["统一社会信用代码：统一社会信用代码的校验位不对，有一位可能抄错了，请对照营业执照核对。"],
        8: ["状态：“开着”看不懂，应填在营、停业、注销、转型、吊销、正常之一。"],
        9: ["名称：文件里有两行相同。"],
        10: ["名称：文件里有两行相同。"],
    }


def test_what_differs_is_replaced_only_where_it_was_decided(world, officer):
    for name in ("甲学校", "乙学校"):
        make.institution(officer, world.county, name)
    batch = sent(world, officer, *((name, None, "东县", "学科类", None, "是") for name in ("甲学校", "乙学校")))
    imports.decide(by=officer, batch=batch, numbers=[3], takes=True)
    imports.apply(by=officer, batch=batch, only_good=False)
    assert dict(Institution.objects.values_list("name", "model_contract")) == {"甲学校": False, "乙学校": True}
    with pytest.raises(ValidationError, match="已导入，请刷新页面"):
        imports.apply(by=officer, batch=batch, only_good=False)


def test_broken_lines_stop_it_until_only_the_good_ones_are_asked_for(world, officer):
    batch = sent(world, officer, ("好的", None, "东县", "学科类"), ("坏的", None, "东县"))
    with pytest.raises(ValidationError, match="还有1行有错误"):
        imports.apply(by=officer, batch=batch, only_good=False)
    assert not Institution.objects.exists()
    imports.apply(by=officer, batch=batch, only_good=True)
    assert list(Institution.objects.values_list("name", "county", "state")) == [("好的", world.county.pk, "operating")]


def test_the_broken_lines_come_back_as_they_were_and_can_be_sent_in_again(world, officer):
    batch = sent(world, officer, ("好的", None, "东县", "学科类"), ("坏的", None, "东县", "学科", "关了"))
    content = imports.broken_workbook(batch)
    (row,) = read_rows(content, "导出", [Column("name", "机构名称"), Column("problem", "问题")])
    assert row.values == {"name": "坏的", "problem": "状态：“关了”看不懂，应填在营、停业、注销、转型、吊销、正常之一。"}
    again = imports.send_in(by=officer, unit=world.city, name="错误行.xlsx", content=content)
    assert again.mapping["name"] == "机构名称"


def test_it_is_undone_to_what_was_before(world, officer):
    old = make.institution(officer, world.county, "老学校", founded_on=dt.date(2019, 9, 1))
    batch = sent(
        world,
        officer,
        ("老学校", None, "东县", "学科类", None, "是", "2018-09-01"),
        ("新学校", None, "东县", "学科类"),
    )
    imports.decide(by=officer, batch=batch, numbers=[2], takes=True)
    imports.apply(by=officer, batch=batch, only_good=False)
    old.refresh_from_db()
    assert (old.model_contract, old.founded_on) == (True, dt.date(2018, 9, 1))
    imports.undo(by=officer, batch=batch)
    old.refresh_from_db()
    assert (old.model_contract, old.founded_on) == (False, dt.date(2019, 9, 1))
    assert Institution.objects.count() == 1


def test_what_is_used_keeps_it_from_being_undone(world, officer):
    batch = sent(world, officer, ("甲学校", None, "东县", "学科类"), ("乙学校", None, "东县", "学科类"))
    imports.apply(by=officer, batch=batch, only_good=False)
    first, second = Institution.objects.order_by("pk")
    register.take_step(by=officer, institution=first, step="suspend", day=dt.date(2026, 10, 1))
    register.correct_institution(by=officer, institution=second, model_contract=True, name="乙培训学校")
    with pytest.raises(
        ValidationError, match="不能撤销：甲学校、乙培训学校已有变动、资金、违规等记录，已纳入基数，或导入以后又被修改"
    ):
        imports.undo(by=officer, batch=batch)


def hold_in_a_campaign(world, officer, institution) -> None:
    said = {"name": "专项", "first_day": dt.date(2026, 10, 1), "last_day": dt.date(2026, 10, 31)}
    campaign = campaigns.open_campaign(by=officer, unit=world.county, targets={}, **said)
    campaigns.put_on_list(by=officer, campaign=campaign, county=world.county)


def hold_in_an_account(world, officer, institution) -> None:
    make.account(officer, institution)


def hold_in_a_visit(world, officer, institution) -> None:
    visits.add_visit(by=officer, institution=institution, day=dt.date(2026, 10, 14), kind="enforcement")


@pytest.mark.parametrize("hold", [hold_in_a_campaign, hold_in_an_account, hold_in_a_visit])
def test_whatever_is_written_down_of_it_keeps_it_from_being_undone(world, officer, hold):
    batch = sent(world, officer, ("甲学校", None, "东县", "学科类"))
    imports.apply(by=officer, batch=batch, only_good=False)
    hold(world, officer, Institution.objects.get())
    with pytest.raises(ValidationError, match="不能撤销：甲学校已有"):
        imports.undo(by=officer, batch=batch)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"name": "机构名称"}, "请选择“类别”对应的列"),
        ({"name": "机构名称", "subject": "机构名称"}, "同一列不能对应两项内容"),
        ({"name": "没有的列", "subject": "培训类别"}, "缺少列：没有的列"),
    ],
)
def test_a_mapping_that_will_not_do_says_why(world, officer, mapping, words):
    batch = imports.send_in(by=officer, unit=world.city, name="a.xlsx", content=workbook())
    with pytest.raises(ValidationError, match=words):
        imports.set_mapping(by=officer, batch=batch, mapping=mapping)


def test_a_county_s_file_need_not_name_the_county(world):
    officer = world.people["county_officer"]
    content = workbook(("甲学校", "学科类"), headers=("名称", "类别"))
    batch = imports.send_in(by=officer, unit=world.county, name="a.xlsx", content=content)
    found = imports.set_mapping(by=officer, batch=batch, mapping=batch.mapping)
    assert [county for _, county in found.new] == [world.county.pk]


def test_the_pages_lead_from_the_file_to_the_register(world, signed_in):
    client = signed_in("county_officer")
    make.institution(world.people["county_officer"], world.county, "老学校")
    file = SimpleUploadedFile(
        "登记表.xlsx", workbook(("老学校", None, "东县", "学科类", None, "是"), ("新学校", None, "东县", "学科类"))
    )
    page = client.post(reverse("training:import_list"), {"unit": world.county.pk, "file": file}, follow=True)
    assert "选择每一列是什么" in page.content.decode()
    batch = RegisterImport.objects.get()
    page = client.post(reverse("training:import_mapping", args=[batch.pk]), batch.mapping, follow=True).content.decode()
    assert "登记册：否" in page
    assert "文件：<strong>是</strong>" in page
    client.post(reverse("training:import_decide", args=[batch.pk]), {"all": "1", "takes": "file"})
    page = client.post(reverse("training:import_apply", args=[batch.pk]), follow=True).content.decode()
    assert "新增了1家，更新了1家" in page
    page = client.post(reverse("training:import_undo", args=[batch.pk]), follow=True).content.decode()
    assert "登记册恢复到导入以前" in page
    assert Institution.objects.count() == 1


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused_in_words(world, signed_in, content):
    file = SimpleUploadedFile("a.xlsx", content)
    page = signed_in("county_officer").post(reverse("training:import_list"), {"unit": world.county.pk, "file": file})
    assert page.status_code == 422
    assert "请用 Excel 或 WPS 另存为 .xlsx 再试" in page.content.decode()
