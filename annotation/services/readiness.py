"""What a project still lacks before it can start, as a list to be ticked off."""

from dataclasses import dataclass

from annotation.models import Project, Role


@dataclass(frozen=True)
class Step:
    """One thing that a project needs. `is_needed` ones must be done before it starts."""

    name: str
    is_done: bool
    is_needed: bool
    hint: str


def steps(project: Project) -> list[Step]:
    n_items = project.items.filter(withdrawn_at=None).count()
    n_classes = project.classes.count()
    least = 1 if project.task == "multi" else 2
    annotators = project.memberships.filter(role=Role.ANNOTATOR).count()
    return [
        Step("items", n_items > 0, True, f"{n_items:,} imported" if n_items else "None yet"),
        Step("classes", n_classes >= least, True, f"{n_classes} of at least {least}"),
        Step(
            "guidelines",
            bool(project.guidelines.strip()),
            False,
            "Written" if project.guidelines.strip() else "None yet; two sentences help a lot",
        ),
        Step(
            "people",
            annotators > 0,
            False,
            f"{annotators} annotator{'' if annotators == 1 else 's'}; you may label too",
        ),
    ]
