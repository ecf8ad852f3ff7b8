"""What stands in addresses: numbers of ours, and whatever leads nowhere."""

from django.urls import register_converter

from annotation.views.requests import LONGEST_ID


class Id:
    """A number that every database can be asked for."""

    regex = f"[0-9]{{1,{LONGEST_ID}}}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Rest:
    """Whatever stands there, a line break too, which Django's own "path" leaves out."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Id, "id")
register_converter(Rest, "rest")
