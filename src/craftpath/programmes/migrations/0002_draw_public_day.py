from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programmes", "0001_initial")]

    # No draw was held before this: the document is made anew rather than turned from JSON to text.
    operations: ClassVar = [
        migrations.AddField("draw", "public_day", models.DateField(null=True)),
        migrations.RemoveField("draw", "document"),
        migrations.AddField("draw", "document", models.TextField(blank=True, default="")),
    ]
