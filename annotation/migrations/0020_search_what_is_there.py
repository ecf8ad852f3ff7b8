"""Take the items that were imported before there was an index into it.

A copy of the code of today would age: what the words of an item are is asked of where it stands.
The reverse has nothing to do: the index itself goes.
"""

import itertools

from django.db import migrations

from annotation import wordlist
from annotation.services import search_index

CHUNK = 2_000


def fill(apps, schema_editor):
    payloads = apps.get_model("annotation", "ItemPayload").objects
    rows = payloads.using(schema_editor.connection.alias).order_by("item__project", "pk")
    values = rows.values_list("item__project", "pk", "item__key", "text", "fields")
    by_project = itertools.groupby(values.iterator(chunk_size=CHUNK), key=lambda row: row[0])
    for project_id, mine in by_project:
        while chunk := list(itertools.islice(mine, CHUNK)):
            search_index.add(
                [
                    (pk, wordlist.words_of_item(key, text, fields))
                    for _, pk, key, text, fields in chunk
                ],
                project_id=project_id,
                using=schema_editor.connection.alias,
            )


class Migration(migrations.Migration):
    dependencies = [("annotation", "0019_item_search")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
