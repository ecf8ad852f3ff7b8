"""Numbers of ours in addresses."""

from django.urls import register_converter

from annotation.views.requests import LONGEST_ID


class Id:
    """A number that every database can be asked for."""

    regex = f"[0-9]{{1,{LONGEST_ID}}}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Id, "id")
