"""A merge notes what did not stand; whoever is kept is found by the names of the absorbed."""

from typing import Any

from django.db import migrations, models

from craftpath.registry.names import keys_of


def name_anew(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    parties = apps.get_model("registry", "Party").objects.using(alias)
    merged = parties.filter(merged_into__isnull=False).select_related("merged_into").order_by("pk")
    for one in merged:
        kept = parties.get(pk=one.merged_into_id)
        keys = dict.fromkeys([*kept.keys.split("\n"), *one.keys.split("\n")])
        parties.filter(pk=kept.pk).update(keys="\n".join(key for key in keys if key))


def forget(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    parties = apps.get_model("registry", "Party").objects.using(alias)
    absorbed = parties.filter(merged_into__isnull=False)
    for kept in parties.filter(pk__in=absorbed.values("merged_into")):
        kept.keys = keys_of((kept.name, kept.name_en, *kept.former))
        kept.save(update_fields=["keys"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_keys_of_names")]

    operations = [
        migrations.AddField("merge", "settled", models.JSONField(default=dict)),
        migrations.RunPython(name_anew, forget),
    ]
