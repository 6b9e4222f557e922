"""How many marks there are to be had: 100, as it was, where nothing else is said."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_place_as_share")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="full_mark",
            field=models.DecimalField(decimal_places=1, default=100, max_digits=5),
        ),
    ]
