"""The record that says a place as a share of all who took part, beside that of the place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0003_in_parts"),
        ("registry", "0002_imports_and_merges"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="share",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.record",
            ),
        ),
    ]
