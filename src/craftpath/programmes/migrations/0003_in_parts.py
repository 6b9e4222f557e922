from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programmes", "0002_draw_public_day")]

    operations: ClassVar = [
        migrations.AddField("programme", "in_parts", models.BooleanField(default=False)),
        migrations.AddField("programme", "moves_on", models.BooleanField(default=True)),
    ]
