"""The shapes of what is sent and shown, and the fields that many of them share."""

from functools import cache
from typing import Any

from rest_framework import serializers

LARGEST = 2**63 - 1
MOST_PER_PAGE = 200
MOST_CLASSES = 200


class Sent(serializers.Serializer[Any]):
    """What a program sends. A field that is not on the list is an error: nothing is dropped
    silently, and nothing can be set by its name."""

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            told = "There is no such field here."
            raise serializers.ValidationError({str(name)[:80]: [told] for name in unknown[:20]})
        return found


class Query(serializers.Serializer[Any]):
    """The parameters of an address, all of them."""


class Shown(serializers.Serializer[Any]):
    """What a program reads: these fields and no others."""


class PageQuery(Query):
    cursor = serializers.CharField(
        required=False, max_length=100, help_text="From `next` of the page before."
    )


class Id(serializers.IntegerField):
    """A number of ours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST, **kwargs})


class ClassIds(serializers.ListField):
    """Classes by their ids; none of them, where a project allows any number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"child": Id(), "max_length": MOST_CLASSES, **kwargs})


class Ids(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"child": Id(), "min_length": 1, "max_length": 500, **kwargs})


class Seconds(serializers.FloatField):
    """A stretch of time."""

    def to_representation(self, value: Any) -> float:  # type: ignore[override]
        return float(value.total_seconds())


class Person(Shown):
    id = serializers.IntegerField(source="pk")
    username = serializers.CharField()
    name = serializers.CharField(source="get_full_name")


class ProblemField(Shown):
    field = serializers.CharField(allow_blank=True)
    message = serializers.CharField()
    limit = serializers.CharField(required=False)


class Problem(Shown):
    """What went wrong (RFC 9457). `errors` names each field that is wrong, with its limit."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ProblemField(many=True, required=False)  # type: ignore[assignment]


class Count(Shown):
    """How many were changed."""

    n = serializers.IntegerField()


def answer_of(shape: Any, *, is_paged: bool, is_list: bool) -> Any:
    if shape is None:
        return None
    if is_paged:
        return page_shape(shape)
    return shape(many=True) if is_list else shape


@cache
def page_shape(shape: Any) -> Any:
    """Return the shape of a page of these."""
    fields = {
        "results": shape(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text="The address of the next page; null on the last."
        ),
    }
    return type(f"PageOf{shape.__name__}", (Shown,), fields)
