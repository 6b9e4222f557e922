"""A batch that was written names its staged rows no more.

Until now the file was taken away and the row went on naming it, so that the proof of every backup
found it missing. What is left of such a file (a process was killed in between) goes as well.
"""

from typing import Any

from django.db import migrations

#: Reached only through "committed", with which the file went.
_WRITTEN = ("committed", "undoing", "undone")


def let_go(apps: Any, schema_editor: Any) -> None:
    Batch = apps.get_model("registry", "Batch")
    storage = Batch._meta.get_field("staged").storage
    written = Batch.objects.using(schema_editor.connection.alias).filter(state__in=_WRITTEN)
    named = written.exclude(staged=None).exclude(staged="")
    for name in named.values_list("staged", flat=True):
        storage.delete(name)
    named.update(staged="")


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_imports_and_merges")]

    operations = [migrations.RunPython(let_go, migrations.RunPython.noop)]
