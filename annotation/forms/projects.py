"""Making a project and changing it: the shape of what is typed; `services.projects` judges it."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from annotation.models import Modality, Project, Role, Task
from annotation.services.budgets import MAX_LIMIT
from annotation.services.projects import DEFAULT_BUDGET, ClassDraft

GUIDELINES_HINT = "How to decide, in Markdown. Annotators open it beside the item with g."


def saves(form: forms.BaseForm, action: Callable[[], object]) -> bool:
    """Do it if the form is valid; what the service refuses becomes the form's error."""
    if not form.is_valid():
        return False
    try:
        action()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _guidelines() -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=GUIDELINES_HINT,
    )


class NewProjectForm(forms.Form):
    name = forms.CharField(max_length=120)
    modality = forms.ChoiceField(
        label="What is labelled", choices=Modality, initial=Modality.TEXT, widget=forms.RadioSelect
    )
    task = forms.ChoiceField(
        label="What is asked", choices=Task, initial=Task.SINGLE, widget=forms.RadioSelect
    )
    file = forms.FileField(
        required=False,
        label="Items",
        help_text="CSV, TSV, JSON, JSONL or Parquet; for images a ZIP archive. Later is fine too.",
    )
    classes = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="One per line. Empty: taken from the file's label column, if it has one.",
    )
    guidelines = _guidelines()
    budget = forms.IntegerField(
        initial=DEFAULT_BUDGET,
        min_value=1,
        max_value=MAX_LIMIT,
        label="Budget, in labels",
        help_text="Nobody is asked for more. It can be raised at any time.",
    )

    def drafts(self) -> list[ClassDraft]:
        lines = self.cleaned_data["classes"].splitlines()
        return [ClassDraft(name=line.strip()) for line in lines if line.strip()]


class DescribeForm(forms.Form):
    name = forms.CharField(max_length=120)
    guidelines = _guidelines()


class MemberForm(forms.Form):
    username = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(choices=Role, initial=Role.ANNOTATOR)
    is_new = forms.BooleanField(required=False, label="Make the account; I pass on its password")


def _named(name: str) -> forms.TextInput:
    """Return an input of a table's row, named by its column for those who cannot see it."""
    return forms.TextInput(attrs={"aria-label": name})


class ClassForm(forms.Form):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=100, widget=_named("Name"))
    description = forms.CharField(required=False, max_length=2_000, widget=_named("Description"))
    key = forms.CharField(required=False, max_length=1, widget=_named("Key"))

    def draft(self) -> ClassDraft:
        typed = self.cleaned_data
        return ClassDraft(**{name: typed[name] for name in ("id", "name", "description", "key")})


class BaseClassFormSet(BaseFormSet[ClassForm]):
    """The classes in order. Rows left empty do not count; `move` is "3:-1", the row and where."""

    refused: Sequence[str] = ()

    def saves(self, action: Callable[[], object]) -> bool:
        """Do it if every row is valid; what the service refuses stands above the rows."""
        if not self.is_valid():
            return False
        try:
            action()
        except ValidationError as error:
            self.refused = error.messages
            return False
        return True

    def drafts(self) -> list[ClassDraft]:
        kept = [form for form in self.forms if form.has_changed() or form.initial]
        return [form.draft() for form in kept if not form.cleaned_data.get("DELETE")]

    def moved(self, move: str) -> list[ClassDraft]:
        """Return the classes with one of them moved up or down."""
        drafts = self.drafts()
        row, _, step = move.partition(":")
        if row.isdecimal() and step in ("-1", "1"):
            here, there = int(row), int(row) + int(step)
            if here < len(drafts) and 0 <= there < len(drafts):
                drafts[here], drafts[there] = drafts[there], drafts[here]
        return drafts


def class_rows(project: Project, sent: Any = None) -> BaseClassFormSet:
    """Return the classes' rows, with one empty row to add another, three for a new project."""
    initial = [
        {name: getattr(each, name) for name in ("id", "name", "description", "key")}
        for each in project.classes.all()
    ]
    rows = formset_factory(
        ClassForm,
        formset=BaseClassFormSet,
        can_delete=True,
        extra=1 if initial else 3,
        max_num=201,
        absolute_max=400,
    )
    formset = rows(sent, initial=initial, prefix="classes")
    assert isinstance(formset, BaseClassFormSet)
    return formset
