"""The subjects of compulsory education, with the grades in which each usually sets homework; a city may change them."""

from django.db import migrations

# code, name, first and last grade that sets homework; None: never.
SUBJECTS = [
    ("chinese", "语文", (1, 9)),
    ("maths", "数学", (1, 9)),
    ("english", "英语", (3, 9)),
    ("physics", "物理", (8, 9)),
    ("chemistry", "化学", (9, 9)),
    ("ethics", "道德与法治", (7, 9)),
    ("history", "历史", (7, 9)),
    ("geography", "地理", (7, 8)),
    ("biology", "生物", (7, 8)),
    ("science", "科学", None),
    ("sport", "体育与健康", None),
    ("music", "音乐", None),
    ("art", "美术", None),
    ("technology", "信息科技", None),
    ("labour", "劳动", None),
]


def add(apps, schema_editor):
    subject = apps.get_model("schools", "Subject")
    for rank, (code, name, grades) in enumerate(SUBJECTS, start=1):
        homework_grades = list(range(grades[0], grades[1] + 1)) if grades else []
        subject.objects.get_or_create(code=code, defaults={"name": name, "rank": rank, "homework_grades": homework_grades})


def remove(apps, schema_editor):
    apps.get_model("schools", "Subject").objects.filter(code__in=[code for code, *_ in SUBJECTS]).delete()


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
