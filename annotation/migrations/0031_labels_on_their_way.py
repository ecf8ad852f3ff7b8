"""Take the guard of labels away: it is put back after the migration, for labels that are there.

Those of items on their way in must go when their import fails.
"""

from django.db import migrations

from annotation import append_only


def lift(apps, schema_editor):
    append_only.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0030_append_only")]

    operations = [migrations.RunPython(lift, lift)]
