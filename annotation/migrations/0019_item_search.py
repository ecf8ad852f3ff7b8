"""An index of words beside the items, kept by the database's own full-text search."""

from django.db import migrations

TABLES = {
    "sqlite": [
        # Words come already folded and parted; columnsize is for ranking, which is not asked.
        """CREATE VIRTUAL TABLE annotation_itemsearch USING fts5(
            project, words, tokenize = "unicode61 remove_diacritics 0", columnsize = 0
        )""",
        """CREATE TRIGGER annotation_item_unsearch AFTER DELETE ON annotation_item BEGIN
            DELETE FROM annotation_itemsearch WHERE rowid = old.id;
        END""",
    ],
    "postgresql": [
        """CREATE TABLE annotation_itemsearch (
            item_id bigint PRIMARY KEY, words tsvector NOT NULL
        )""",
        "CREATE INDEX annotation_itemsearch_words ON annotation_itemsearch USING gin (words)",
        """CREATE FUNCTION annotation_item_unsearch() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            DELETE FROM annotation_itemsearch WHERE item_id = old.id;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER annotation_item_unsearch AFTER DELETE ON annotation_item
        FOR EACH ROW EXECUTE FUNCTION annotation_item_unsearch()""",
    ],
}
GONE = {
    "sqlite": ["DROP TRIGGER annotation_item_unsearch", "DROP TABLE annotation_itemsearch"],
    "postgresql": [
        "DROP TRIGGER annotation_item_unsearch ON annotation_item",
        "DROP FUNCTION annotation_item_unsearch()",
        "DROP TABLE annotation_itemsearch",
    ],
}


def make(apps, schema_editor):
    """Fail with what to do where SQLite was built without full-text search."""
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')")
            if not cursor.fetchone()[0]:
                raise RuntimeError(
                    "This Python's SQLite has no full-text search (FTS5). Use a Python whose "
                    "SQLite has it, as those of Debian and python.org, or PostgreSQL."
                )
    for statement in TABLES[connection.vendor]:
        schema_editor.execute(statement)


def unmake(apps, schema_editor):
    for statement in GONE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("annotation", "0018_pool_counts")]

    operations = [migrations.RunPython(make, unmake)]
