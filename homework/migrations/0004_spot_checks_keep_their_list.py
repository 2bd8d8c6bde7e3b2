from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("homework", "0003_complete_publicity"),
        ("schools", "0004_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="spotcheck",
            name="drawn_from",
            field=models.JSONField(default=list, verbose_name="抽样名单"),
        ),
        migrations.AddIndex(
            model_name="spotcheck",
            index=models.Index(fields=["school", "last_day"], name="homework_spotcheck_of_school"),
        ),
        migrations.AddConstraint(
            model_name="spotcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("finished_at", None), models.Q(("summary", ""), _negated=True), _connector="OR"),
                name="homework_spotcheck_finished_with_a_summary",
                violation_error_message="请填写小结。",
            ),
        ),
    ]
