"""Write names into the entries there are, then let nobody change an entry or a label again.

What stood there of a project or an account that is gone cannot be found out any more. The reverse
takes the guard away; the names may stay, the columns go with the migration before.
"""

from django.db import migrations
from django.db.models import OuterRef, Subquery

from annotation import append_only


def fill(apps, schema_editor):
    connection = schema_editor.connection
    append_only.lift(connection)
    entries = apps.get_model("annotation", "AuditEntry").objects.using(connection.alias)
    for name, model, field in (("project_slug", "Project", "slug"), ("actor_name", "User", "username")):
        key = name.partition("_")[0]
        rows = apps.get_model("annotation", model).objects.using(connection.alias)
        found = rows.filter(pk=OuterRef(f"{key}_id")).values(field)
        known = entries.filter(**{f"{key}__{field}__isnull": False})
        entries.filter(pk__in=known.values("pk")).update(**{name: Subquery(found)})


def protect(apps, schema_editor):
    append_only.protect(schema_editor.connection)


def lift(apps, schema_editor):
    append_only.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0029_audit_names")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(protect, lift),
    ]
