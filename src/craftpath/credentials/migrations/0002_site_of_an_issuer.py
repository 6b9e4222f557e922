"""Each issuer keeps the address under which it issues: read from the last document that it signed,
where there is one. Before this version nothing held it to one, and the first may have been a trial
under the default."""

import json
from typing import Any

from django.db import migrations, models


def read_from_documents(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    Credential = apps.get_model("credentials", "Credential")
    for issuer in apps.get_model("credentials", "Issuer").objects.using(alias):
        signed = Credential.objects.using(alias).filter(issuer=issuer).exclude(document="")
        document = signed.order_by("pk").values_list("document", flat=True).last()
        if document is not None:
            issuer.site = json.loads(document)["id"].partition("/credentials/")[0][:200]
            issuer.save(update_fields=["site"])


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="issuer",
            name="site",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.RunPython(read_from_documents, migrations.RunPython.noop),
    ]
