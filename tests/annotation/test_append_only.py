"""Labels and the audit log are only added to: the database itself sees to it, on both databases."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from annotation import append_only
from annotation.models import AuditEntry, Item, Label, Project
from annotation.services import audit
from annotation.services.import_staging import STAGED
from tests.factories import NOW, answer, claim, make_project, make_user, publish


@pytest.fixture
def entry(db):
    audit.note("role.set", actor=make_user("ada"), project=make_project(), target="mia")
    return AuditEntry.objects.order_by("-pk").first()


@pytest.fixture
def label(db):
    project = make_project(n_items=1, budget=5)
    publish(project, project.items.all())
    person = make_user()
    return answer(project, person, claim(project, person))


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(action="nothing"),
        lambda rows: rows.update(created_at=None, project=None),
        lambda rows: rows._raw_delete("default"),
        lambda rows: rows.get().delete(),
    ],
)
def test_entry_of_the_audit_log_is_neither_changed_nor_deleted(entry, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        change(AuditEntry.objects.filter(pk=entry.pk))

    assert AuditEntry.objects.get(pk=entry.pk).action == "role.set"


def test_saving_an_entry_again_is_refused(entry):
    entry.target = "somebody else"

    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()


@pytest.mark.parametrize("change", [{"value": [7]}, {"is_extra": True}, {"created_at": NOW}])
def test_label_is_not_changed(label, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.filter(pk=label.pk).update(**change)

    assert Label.objects.get().value == label.value


def test_entries_outlive_project_and_account(entry):
    project, slug = entry.project, entry.project.slug
    ada = entry.actor

    Project.objects.filter(pk=project.pk).delete()
    ada.delete()

    left = AuditEntry.objects.get(pk=entry.pk)
    assert (left.project_slug, left.actor_name) == (slug, "ada")
    assert left.project_id == project.pk


def test_label_is_not_deleted(label):
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.filter(pk=label.pk)._raw_delete("default")


def test_label_of_an_item_on_its_way_in_goes_with_it(db):
    project = make_project(n_items=1)
    Item.objects.update(withdrawn_at=STAGED)
    given = {"project": project, "item": project.items.get(), "annotator": make_user()}
    Label.objects.create(**given, value=[1], client_token=uuid4())

    Label.objects.update(value=[7])
    Item.objects.all().delete()

    assert not Label.objects.exists()


def test_label_of_a_withdrawn_item_stays(label):
    Item.objects.update(withdrawn_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.filter(pk=label.pk)._raw_delete("default")


def guards():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {name for (name,) in cursor.fetchall()}


def test_guard_is_back_after_any_migration(db):
    append_only.lift(connection)
    gone = guards()

    call_command("migrate", verbosity=0)

    assert guards() - gone == {
        "annotation_auditentry_no_update",
        "annotation_auditentry_no_delete",
        "annotation_label_no_update",
        "annotation_label_no_delete",
    }


def test_words_of_items_go_with_them_still(db):
    assert "annotation_item_unsearch" in guards()


@pytest.mark.django_db(transaction=True)
def test_entries_of_before_get_the_names_they_can():
    ada, project = make_user("ada"), make_project()
    migrate("annotation", "0028_api_access")
    Old = old_model("annotation", "0028_api_access", "AuditEntry")
    Old.objects.create(project_id=project.pk, actor_id=ada.pk, action="role.set")
    Old.objects.create(project_id=None, actor_id=None, action="account.create")

    migrate("annotation", None)

    found = AuditEntry.objects.filter(action__in=("role.set", "account.create")).order_by("pk")
    assert list(found.values_list("project_slug", "actor_name"))[-2:] == [
        (project.slug, "ada"),
        ("", ""),
    ]


def migrate(app, name):
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    executor.migrate([(app, name)] if name else leaves)


def old_model(app, name, model):
    return (
        MigrationExecutor(connection).loader.project_state((app, name)).apps.get_model(app, model)
    )


def test_noting_costs_one_statement(entry):
    actor, project = entry.actor, entry.project

    with CaptureQueriesContext(connection) as asked:
        audit.note("role.set", actor=actor, project=project, target="mia")

    assert len(asked) == 1
