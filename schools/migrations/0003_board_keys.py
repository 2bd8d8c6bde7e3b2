"""Each class's public page gets an address that cannot be guessed from another's."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import schools.models.classes


def give_keys(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    model = apps.get_model("schools", "ClassGroup")
    rows = list(model.objects.filter(board_key=None).only("pk"))
    for row in rows:
        row.board_key = schools.models.classes.new_board_key()
    model.objects.bulk_update(rows, ["board_key"], batch_size=1000)


class Migration(migrations.Migration):
    # The new column is filled in one transaction and closed to NULL in another's statement: PostgreSQL wants no
    # pending trigger events between the two.
    atomic = False

    dependencies = [("schools", "0002_standard_subjects")]

    operations = [
        migrations.AddField("classgroup", "board_key", models.CharField(max_length=12, null=True)),
        migrations.RunPython(give_keys, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "classgroup",
            "board_key",
            models.CharField(default=schools.models.classes.new_board_key, max_length=12, unique=True),
        ),
    ]
