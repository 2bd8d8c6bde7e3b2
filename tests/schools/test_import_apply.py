"""Applying a workbook, applying it again, and taking it back."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts.models import AuditEntry, Job, User
from paper.workbook import Column, Sheet, write_workbook
from schools import tasks
from schools.imports import trace, undo
from schools.models import (
    ChangedDay,
    ClassGroup,
    ClassSize,
    HeadTeacher,
    ImportBatch,
    OrgUnit,
    Posting,
    School,
    SchoolDay,
    Staff,
    Teaching,
    UnitPlace,
)
from schools.services import classes, imports
from tests import factories as make
from tests.factories import MONDAY, TODAY
from tests.schools.workbooks import a_county, workbook

TABLES: tuple[type[models.Model], ...] = (
    OrgUnit,
    UnitPlace,
    School,
    User,
    Staff,
    Posting,
    ClassGroup,
    ClassSize,
    HeadTeacher,
    Teaching,
    SchoolDay,
)


@pytest.fixture
def officer(db) -> User:
    city = make.CityFactory(code="410900")
    make.TermFactory(unit=city)
    return make.PostingFactory(unit=city).user


def run_jobs() -> None:
    """What a worker does with the messages."""
    for job in Job.objects.filter(state=Job.State.QUEUED).order_by("pk"):
        {
            "schools.tasks.check_import": tasks.check_import,
            "schools.tasks.apply_import": tasks.apply_import,
            "schools.tasks.undo_import": tasks.undo_import,
        }[job.task](job.pk)


def send_in(officer: User, **rows: list) -> ImportBatch:
    batch = imports.send_in(
        by=officer, unit=OrgUnit.objects.get(code="410900"), name="名单.xlsx", content=workbook(**rows)
    )
    run_jobs()
    batch.refresh_from_db()
    return batch


def bring_in(officer: User, **rows: list) -> ImportBatch:
    batch = send_in(officer, **rows)
    imports.ask_to_apply(by=officer, batch=batch, only_good=True)
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.APPLIED
    return batch


def sizes() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in TABLES}


def test_everything_in_the_workbook_is_there_afterwards(officer):
    bring_in(officer, **a_county("410900"))
    school = School.objects.get(unit__code="4109710001")
    assert school.unit.path_on(TODAY) == "/410900/410971/4109710001/"
    assert (school.stage, school.area) == ("primary", "urban")
    fifth = school.classes.get(number=1)
    assert (fifth.name_on(TODAY), fifth.entry_year, fifth.first_day) == ("五年级1班", 2022, dt.date(2022, 8, 1))
    assert fifth.sizes.get().pupils == 42
    assert fifth.head_teachers.get().user.name == "陈一"
    taught = fifth.teachings.values_list("subject__name", "teacher__name", "first_day")
    begins = dt.date(2026, 8, 1)
    assert set(taught) == {("语文", "陈一", begins), ("数学", "林二", begins)}
    assert not school.staff.get(staff_no="002").user.has_usable_password()
    assert set(Posting.objects.filter(unit=school.unit).values_list("user__name", "role")) == {
        ("陈一", "teacher"),
        ("林二", "academic_office"),
    }


def test_a_new_school_gets_the_days_of_the_term_and_its_sums_are_made(officer):
    bring_in(officer, **a_county("410900"))
    days = SchoolDay.objects.filter(school__unit__code="4109710001")
    assert days.filter(day=MONDAY).exists()
    assert not days.filter(day=dt.date(2026, 10, 1)).exists()
    assert ChangedDay.objects.filter(school__unit__code="4109710001", day=MONDAY).exists()


def test_the_same_again_changes_nothing(officer):
    bring_in(officer, **a_county("410900"))
    before = sizes()
    batch = send_in(officer, **a_county("410900"))
    assert batch.good_rows == batch.bad_rows == 0
    bring_in(officer, **a_county("410900"))
    assert sizes() == before


def test_a_changed_workbook_updates_rows_in_place(officer):
    bring_in(officer, **a_county("410900"))
    school = School.objects.get(unit__code="4109710001")
    rows = a_county("410900")
    rows["units"][0] = ("4109710001", "新区实验小学", *rows["units"][0][2:])
    rows["staff"][0] = ("4109710001", "001", "陈壹", "13800000002", "校长")
    rows["classes"][0] = ("4109710001", "2026", "五年级", 1, 44, "002")
    rows["teachings"] = [("4109710001", "2026", "五年级", 1, "语文", "002")]
    bring_in(officer, **rows)
    assert OrgUnit.objects.get(code="4109710001").name == "新区实验小学"
    first = school.staff.get(staff_no="001")
    assert (first.user.name, first.user.phone) == ("陈壹", "13800000002")
    assert set(first.user.postings.values_list("role", flat=True)) == {"teacher", "principal"}
    fifth = school.classes.get(number=1)
    assert list(fifth.sizes.order_by("first_day").values_list("pupils", flat=True)) == [42, 44]
    assert fifth.head_teachers.on(TODAY).get().user.name == "林二"
    yesterday = TODAY - dt.timedelta(days=1)
    assert fifth.head_teachers.get(user=first.user).last_day == yesterday
    assert fifth.teachings.get(subject__name="语文", teacher=first.user).last_day == yesterday
    assert fifth.teachings.on(TODAY).filter(subject__name="数学").exists()
    assert school.staff.count() == 2


def test_two_teachers_of_one_subject_both_stay(officer):
    rows = a_county("410900")
    rows["teachings"].append(("4109710001", "2026", "五年级", 1, "语文", "002"))
    bring_in(officer, **rows)
    bring_in(officer, **rows)
    assert Teaching.objects.on(TODAY).filter(subject__name="语文").count() == 2


def test_a_class_that_runs_through_both_stages_is_not_doubled(officer):
    county = make.CountyFactory(parent=OrgUnit.objects.get(code="410900"))
    school = make.SchoolFactory(parent=county, stage="nine_year")
    make.ClassGroupFactory(school=school, entry_year=2020, number=1, pupils=40)
    bring_in(officer, classes=[(school.unit.code, "2026", "七年级", 1, 41)])
    assert school.classes.get().sizes.count() == 2


def test_bad_rows_stop_the_batch_unless_the_good_ones_are_chosen(officer):
    rows = a_county("410900")
    rows["staff"].append(("4109710001", "003", "坏号", "123"))
    batch = send_in(officer, **rows)
    with pytest.raises(ValidationError, match="还有错误行"):
        imports.ask_to_apply(by=officer, batch=batch, only_good=False)
    imports.ask_to_apply(by=officer, batch=batch, only_good=True)
    run_jobs()
    assert Staff.objects.count() == 2


def test_a_row_that_went_bad_after_the_check_stops_the_job(officer):
    batch = send_in(officer, **a_county("410900"))
    imports.ask_to_apply(by=officer, batch=batch, only_good=False)
    make.UserFactory(name="别人", phone="13800000001")
    with pytest.raises(imports.BatchError):
        run_jobs()
    assert Job.objects.latest("pk").state == Job.State.FAILED
    assert not School.objects.exists()


def test_a_batch_that_was_cut_short_goes_on_where_it_stopped(officer, monkeypatch):
    monkeypatch.setattr(trace, "ROWS_AT_ONCE", 1)
    batch = send_in(officer, **a_county("410900"))
    parts = imports.apply_batch(batch, by=officer, only_good=False)
    for _ in range(4):  # both units and one teacher are written; the worker dies
        next(parts)
    assert Staff.objects.count() == 1
    parts.close()
    list(imports.apply_batch(batch, by=officer, only_good=False))
    assert (Staff.objects.count(), Teaching.objects.count()) == (2, 2)
    imports.undo_batch(batch, by=officer)
    assert Staff.objects.count() == 0


def test_rows_that_somebody_else_writes_meanwhile_fail_the_job_in_words(officer):
    batch = send_in(officer, **a_county("410900"))
    parts = imports.apply_batch(batch, by=officer, only_good=False)
    next(parts)
    make.SchoolFactory(parent=OrgUnit.objects.get(code="410900"), code="4109710001", name="抢先的小学")
    with transaction.atomic(), pytest.raises(imports.BatchError, match="有人改动"):
        list(parts)


def test_progress_can_be_seen(officer):
    batch = send_in(officer, **a_county("410900"))
    imports.ask_to_apply(by=officer, batch=batch, only_good=False)
    job = Job.objects.latest("pk")
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 8, 8)


def test_one_audit_entry_tells_of_the_whole_batch(officer):
    batch = bring_in(officer, **a_county("410900"))
    entry = AuditEntry.objects.get(action="import.apply")
    assert (entry.by, entry.subject) == (officer, f"schools.ImportBatch:{batch.pk}")
    assert entry.detail["schools.Staff"] == 2


def test_undoing_leaves_no_trace_in_the_tables(officer):
    before = sizes()
    batch = bring_in(officer, **a_county("410900"))
    imports.ask_to_undo(by=officer, batch=batch)
    run_jobs()
    assert sizes() == before
    assert ImportBatch.objects.get().state == ImportBatch.State.UNDONE


def test_undoing_restores_what_was_changed(officer):
    bring_in(officer, **a_county("410900"))
    before = sizes()
    rows = a_county("410900")
    rows["units"][0] = ("4109710001", "改名小学", *rows["units"][0][2:])
    rows["teachings"] = [("4109710001", "2026", "五年级", 1, "语文", "002")]
    imports.undo_batch(bring_in(officer, **rows), by=officer)
    assert OrgUnit.objects.get(code="4109710001").name == "新区第一小学"
    assert Teaching.objects.get(subject__name="语文").last_day is None
    assert sizes() == before


def sign_in(batch: ImportBatch) -> None:
    User.objects.filter(phone="13800000001").update(last_login=dt.datetime(2026, 10, 14, tzinfo=dt.UTC))


def post_homework(batch: ImportBatch) -> None:
    make.ItemFactory(class_group=ClassGroup.objects.get(number=1))


def add_a_child(batch: ImportBatch) -> None:
    make.SchoolFactory(parent=OrgUnit.objects.get(code="410971"), name="后来的小学", opened_on=TODAY)


def resize(batch: ImportBatch) -> None:
    group = ClassGroup.objects.get(number=1)
    classes.set_class_size(by=None, class_group=group, first_day=TODAY, pupils=50)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (sign_in, "“陈一”：已登录过"),
        (post_homework, "班级“新区第一小学2022级1班”：已有"),
        (add_a_child, "单位“新区”：已有隶属关系"),
        (resize, "班级“新区第一小学2022级1班”：已有在籍人数"),
    ],
)
def test_a_batch_in_use_is_not_undone_and_says_why(officer, use, words):
    batch = bring_in(officer, **a_county("410900"))
    before = sizes()
    use(batch)
    with pytest.raises(ValidationError) as refused:
        imports.ask_to_undo(by=officer, batch=batch)
    assert words in "\n".join(refused.value.messages)
    assert sizes()["Staff"] == before["Staff"]


def test_a_row_changed_again_by_hand_stops_the_undo(officer):
    bring_in(officer, **a_county("410900"))
    rows = a_county("410900")
    rows["units"][0] = ("4109710001", "改名小学", *rows["units"][0][2:])
    batch = bring_in(officer, **rows)
    OrgUnit.objects.filter(code="4109710001").update(name="又改名小学")
    assert undo.obstacles(batch) == ["单位“又改名小学”：导入后又被修改"]


def test_a_batch_is_neither_applied_twice_nor_undone_before(officer):
    batch = send_in(officer, **a_county("410900"))
    with pytest.raises(ValidationError, match="已导入的文件"):
        imports.ask_to_undo(by=officer, batch=batch)
    batch = bring_in(officer, **a_county("410900"))
    with pytest.raises(ValidationError, match="待导入"):
        imports.ask_to_apply(by=officer, batch=batch, only_good=True)


def test_a_file_without_our_sheets_is_told_in_words(officer):
    with pytest.raises(ValidationError, match="不是"):
        imports.send_in(by=officer, unit=OrgUnit.objects.get(), name="x.xlsx", content=b"PK no")
    assert not Job.objects.exists()


def test_a_missing_column_is_told_in_words(officer):
    content = write_workbook([Sheet("教职工", [Column("name", "姓名")], [("陈一",)])])
    batch = imports.send_in(by=officer, unit=OrgUnit.objects.get(), name="x.xlsx", content=content)
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.summary) == (ImportBatch.State.CHECKED, {})
    assert "缺少列：学校代码、工号" in batch.problems[0][3]


def test_nobody_changes_the_account_of_her_superior_by_a_workbook(world):
    office, principal = world.people["academic_office"], world.people["principal"]
    number = principal.employments.get().staff_no
    batch = imports.send_in(
        by=office,
        unit=world.school.unit,
        name="名单.xlsx",
        content=workbook(staff=[(world.school.unit.code, number, "改名", "13911112222")]),
    )
    run_jobs()
    batch.refresh_from_db()
    assert [problem[3] for problem in batch.problems] == ["此人有的角色不由您任命，姓名和手机号不能由导入修改。"]
