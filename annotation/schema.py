"""What may be asked and answered: one class, or any number. Pure: no Django."""

from collections.abc import Iterable
from dataclasses import dataclass


class AnswerError(ValueError):
    """The answer does not fit the question."""


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
    if unknown := [str(i) for i in answer if i not in question.class_ids]:
        raise AnswerError(f"class {', '.join(unknown)} is not one of this project's classes")
    if not question.is_multi and len(answer) != 1:
        raise AnswerError(f"exactly one class is wanted, {len(answer)} were given")
    return answer
