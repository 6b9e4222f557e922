"""A public notice may be counted in working days: none was before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0005_full_mark")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="notice_working",
            field=models.BooleanField(default=False),
        ),
    ]
