"""Who may open which page of schools."""

from schools.imports.sheets import template
from schools.models import CalendarChange, ImportBatch, Teaching
from tests.access import Page, expect
from tests.schools.people_pages import PEOPLE_PAGES
from tests.world import World


def one_school(world: World) -> dict[str, int]:
    return {"school_id": world.school.pk}


def one_class(world: World) -> dict[str, int]:
    return {"class_id": world.class_group.pk}


def one_teaching(world: World) -> dict[str, int]:
    return {"teaching_id": Teaching.objects.get(class_group=world.class_group, subject=world.subject).pk}


def one_change(world: World) -> dict[str, int]:
    change = CalendarChange.objects.create(unit=world.school.unit, day=world.days[0], teaches=False, reason="运动会")
    return {"change_id": change.pk}


def one_batch(world: World) -> dict[str, int]:
    """Checked, with a bad row, waiting to be applied."""
    batch = ImportBatch.objects.create(
        unit=world.school.unit,
        name="名单.xlsx",
        content=template(),
        state=ImportBatch.State.CHECKED,
        summary={"教职工": {"rows": 1, "new": 0, "changed": 0, "bad": 1}},
        problems=[["教职工", 2, "姓名", "必填，不能空着。"]],
        made_by=world.people["academic_office"],
    )
    return {"batch_id": batch.pk}


MANAGERS = ("academic_office", "county_officer", "city_officer", "admin")


def managers(status: int) -> dict[str, int]:
    """About something of the school: hidden outside, refused inside to those who manage nothing."""
    return expect(403, liaison=404, outside=404, **dict.fromkeys(MANAGERS, status))


def anywhere(status: int, **exceptions: int) -> dict[str, int]:
    """About whatever one manages: refused to those who manage nothing."""
    all_managers = (*MANAGERS, "outside_academic_office", "outside_officer")
    return expect(403, **(dict.fromkeys(all_managers, status) | exceptions))


# Those above the school see it too; a teacher has her classes on other pages.
OVERSEERS = expect(
    403,
    academic_office=200,
    principal=200,
    supervisor=200,
    county_officer=200,
    city_officer=200,
    liaison=404,
    outside=404,
)
# Who makes the rules of homework says where its reminders go.
RULE_MAKERS = ("academic_office", "county_officer", "city_officer")


def rule_makers(status: int) -> dict[str, int]:
    return expect(403, liaison=404, outside=404, **dict.fromkeys(RULE_MAKERS, status))


# A school sets no term.
AREAS_ONLY = anywhere(422, academic_office=404, outside_academic_office=404)

PAGES: dict[str, Page] = PEOPLE_PAGES | {
    "schools:school_list": Page(
        lambda world: {},
        OVERSEERS
        | dict.fromkeys(("outside_academic_office", "outside_officer"), 200)
        | dict.fromkeys(("liaison", "outside_teacher"), 403),
    ),
    "schools:school_detail": Page(one_school, OVERSEERS),
    "schools:webhook": Page(one_school, rule_makers(200)),
    "schools:webhook_test": Page(one_school, rule_makers(302), method="post"),
    "schools:webhook_remove": Page(one_school, rule_makers(302), method="post"),
    "schools:class_open": Page(one_school, managers(422), method="post"),
    "schools:class_detail": Page(one_class, OVERSEERS),
    "schools:class_change": Page(lambda world: one_class(world) | {"change": "size"}, managers(422), method="post"),
    "schools:teaching_end": Page(one_teaching, managers(302), method="post"),
    "schools:calendar": Page(lambda world: {}, anywhere(200)),
    "schools:term_set": Page(lambda world: {}, AREAS_ONLY, method="post"),
    "schools:day_change": Page(lambda world: {}, anywhere(422), method="post"),
    # The first who may takes it back; the others find it gone.
    "schools:day_change_back": Page(one_change, anywhere(404, academic_office=302), method="post"),
    "schools:off_work_set": Page(lambda world: {}, AREAS_ONLY, method="post"),
    "schools:new_year": Page(lambda world: {}, anywhere(200)),
    "schools:import_list": Page(lambda world: {}, anywhere(200)),
    "schools:import_template": Page(lambda world: {}, anywhere(200)),
    "schools:import_upload": Page(lambda world: {}, anywhere(422), method="post"),
    "schools:import_detail": Page(one_batch, managers(200)),
    "schools:import_errors": Page(one_batch, managers(200)),
    "schools:import_apply": Page(one_batch, managers(302), method="post"),
    "schools:import_undo": Page(one_batch, managers(302), method="post"),
}
