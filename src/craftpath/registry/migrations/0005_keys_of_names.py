"""Parties are found by what their names come to, and by former names."""

from typing import Any

from django.db import migrations, models

from craftpath.registry.names import keys_of

_MANY = 2000


def fill(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    parties = apps.get_model("registry", "Party").objects.using(alias).order_by("pk")
    after = 0
    while some := list(parties.filter(pk__gt=after).only("name", "name_en")[:_MANY]):
        for party in some:
            party.keys = keys_of((party.name, party.name_en))
        parties.bulk_update(some, ["keys"], batch_size=200)
        after = some[-1].pk


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_failed_batches")]

    operations = [
        migrations.AddField("party", "former", models.JSONField(default=list)),
        migrations.AddField("party", "keys", models.TextField(blank=True, default=""), False),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
