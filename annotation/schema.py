"""What may be asked and answered: one class, or any number. Pure: no Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Misfit = Literal["unknown", "number"]


class AnswerError(ValueError):
    """The answer does not fit the question. Services say it in the reader's language by `code`.

    "unknown": `values` are ids of no class of the project. "number": `values` were given where one
    is wanted. As text it is a plain English reason.
    """

    def __init__(self, reason: str, *, code: Misfit, values: Iterable[int]) -> None:
        super().__init__(reason)
        self.code = code
        self.values = tuple(values)


@dataclass(frozen=True)
class Question:
    """What a project asks of an item."""

    is_multi: bool
    class_ids: frozenset[int]


def check(question: Question, class_ids: Iterable[int]) -> list[int]:
    """Return the answer as stored: class ids, sorted, each once.

    Raises AnswerError for a class of another project, and, where one class is asked for, for none
    or several. Any number includes none: nothing applies.
    """
    answer = sorted(set(class_ids))
    if unknown := [each for each in answer if each not in question.class_ids]:
        names = ", ".join(map(str, unknown))
        reason = f"class {names} is not one of this project's classes"
        raise AnswerError(reason, code="unknown", values=unknown)
    if not question.is_multi and len(answer) != 1:
        reason = f"exactly one class is wanted, {len(answer)} were given"
        raise AnswerError(reason, code="number", values=answer)
    return answer
