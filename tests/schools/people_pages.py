"""Who may open the pages about people; tests/schools/pages.py takes them in."""

from tests.access import Page, expect

LISTED = expect(
    403,
    academic_office=200,
    county_officer=200,
    city_officer=200,
    admin=200,
    outside_academic_office=200,
    outside_officer=200,
)


def one(status: int) -> dict[str, int]:
    """A page about somebody or something of the school: hidden outside, refused inside to those who manage nobody."""
    managers = dict.fromkeys(("academic_office", "county_officer", "city_officer", "admin"), status)
    return expect(403, liaison=404, outside=404, **managers)


def teacher(world):
    return {"user_id": world.teacher.pk}


def teachers_posting(world):
    return {"user_id": world.teacher.pk, "posting_id": world.teacher.postings.get().pk}


def teachers_post(world):
    return {"user_id": world.teacher.pk, "staff_id": world.teacher.employments.get().pk}


def officers_posting(world):
    officer = world.people["county_officer"]
    return {"user_id": officer.pk, "posting_id": officer.postings.get().pk}


PEOPLE_PAGES = {
    "schools:people": Page(lambda world: {}, LISTED),
    "schools:people_add": Page(lambda world: {}, LISTED),
    "schools:people_detail": Page(teacher, one(200)),
    "schools:people_correct": Page(teacher, one(422), method="post"),
    "schools:people_appoint": Page(teacher, one(200)),
    "schools:posting_end": Page(teachers_posting, one(302), method="post"),
    "schools:posting_duties": Page(
        officers_posting,
        expect(404, supervisor=403, county_officer=403, city_officer=302, admin=302),
        method="post",
    ),
    "schools:staff_dismiss": Page(teachers_post, one(302), method="post"),
    "schools:people_code": Page(teacher, one(200), method="post"),
    "schools:people_unlock": Page(teacher, one(302), method="post"),
    "schools:people_shut_out": Page(teacher, one(302), method="post"),
    "schools:people_reopen": Page(teacher, one(302), method="post"),
    "schools:activation_slips": Page(lambda world: {"school_id": world.school.pk}, one(200)),
}
