"""What a lead asks the pool for, and what they do with what was found; checked for shape."""

from typing import Any

from django import forms

from annotation.forms.queue import ClassIds
from annotation.models import Group, Project
from annotation.services import finding

MAX_SEARCH = 200


class Number(forms.IntegerField):
    """An id of an address: whatever cannot be one counts as none."""

    def clean(self, value: Any) -> int | None:
        is_number = isinstance(value, str) and value.isdecimal() and len(value) <= 18
        return int(value) if is_number else None


class FindForm(forms.Form):
    """A search as its address holds it."""

    words = forms.CharField(required=False, max_length=MAX_SEARCH, label="Words")
    state = forms.ChoiceField(required=False, choices=finding.STATES.items(), label="Show")
    predicted = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label="Model's guess"
    )
    answer = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label="Answer")
    group = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, label="Group")
    after = Number(required=False)

    def __init__(self, project: Project, data: Any) -> None:
        super().__init__(data, label_suffix="")
        classes = [(each.pk, each.name) for each in project.classes.all()]
        groups = Group.objects.filter(project=project).values_list("number", "words")
        self._choose("predicted", [("", "Any"), *classes])
        self._choose("answer", [("", "Any"), *classes])
        named = [(number, f"{number + 1}: {', '.join(words[:3])}") for number, words in groups]
        self._choose("group", [("", "Any"), *named])
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("id", f"find-{name}")
        self.fields["words"].widget.attrs.update(
            {"type": "search", "placeholder": 'refund* "my card" -test', "autofocus": True}
        )

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = choices

    def wanted(self) -> finding.Wanted:
        sent = self.cleaned_data
        return finding.Wanted(
            words=sent["words"],
            state=sent["state"],
            class_id=sent["answer"],
            predicted_id=sent["predicted"],
            group=sent["group"],
            after=sent["after"] or 0,
        )

    def filters(self) -> list[forms.BoundField]:
        """Return the filters that have something to choose from."""
        fields = [self["state"], self["predicted"], self["answer"], self["group"]]
        return [each for each in fields if len(each.field.choices) > 1]  # type: ignore[attr-defined]


class PicksForm(forms.Form):
    """Ticked items, and the class they are thought to be."""

    item = ClassIds(required=False)
    suggested = Number(required=False)

    @classmethod
    def read(cls, sent: Any) -> dict[str, Any]:
        form = cls(sent)
        form.full_clean()
        return {"item": form.cleaned_data.get("item", []), **form.cleaned_data}
