"""What was done on an objection that was upheld: struck out, where it was against an application."""

from typing import Any

from django.db import migrations, models


def strike(apps: Any, schema_editor: Any) -> None:
    upheld = apps.get_model("programmes", "Objection").objects.filter(upheld=True)
    upheld.exclude(application=None).update(remedy="strike")


class Migration(migrations.Migration):
    dependencies = [("programmes", "0006_notice_in_working_days")]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="remedy",
            field=models.CharField(
                blank=True,
                choices=[("correct", "更正分数"), ("strike", "取消申请")],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(strike, migrations.RunPython.noop),
    ]
