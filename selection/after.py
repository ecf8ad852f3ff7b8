"""What the page after the stop shows, read from rows and from the final model's files."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from annotation import exchange
from annotation.exchange import ProjectFacts, RunView
from selection import due
from selection.estimates import FinalReport, final_report_of
from selection.final_files import Prediction
from selection.forms_after import USUAL
from selection.models import Acceptance, Final
from selection.services import accepting
from selection.services.accepting import Offer

SHOWN = 20


@dataclass(frozen=True)
class Useful:
    """An item worth labelling, with what the final model says of it."""

    item_id: int
    content: str
    answer: str
    confidence: float


@dataclass(frozen=True)
class After:
    """Everything the page shows; final is None before there is one."""

    is_active: bool
    # It will be made without being asked for, or is being made.
    is_coming: bool
    n_items: int
    revision: int
    final: Final | None
    report: FinalReport | None
    offer: Offer | None
    accepted: Acceptance | None
    useful: list[Useful]
    run: RunView | None

    @property
    def fingerprint(self) -> str:
        """Changes whenever the page would look different."""
        final = self.final.number if self.final else 0
        accepted = self.accepted.pk if self.accepted else 0
        seen = (
            self.is_active,
            self.is_coming,
            self.revision,
            final,
            accepted,
            self.offer,
            self.run,
        )
        return hashlib.blake2b(repr(seen).encode(), digest_size=8).hexdigest()

    @property
    def is_old(self) -> bool:
        """Labels have come or changed since the final model was made."""
        return self.final is not None and self.final.label_revision != self.revision

    @property
    def is_running(self) -> bool:
        return self.run is not None and self.run.is_open

    @property
    def error(self) -> str:
        """Why the newest attempt at a final model failed."""
        return self.run.error if self.run and self.run.state == "failed" else ""

    @property
    def limit_percent(self) -> str:
        return f"{100 * self.offer.limit:g}" if self.offer else f"{USUAL:g}"

    @property
    def n_open(self) -> int:
        """How many items have a prediction and had no label when it was made."""
        return self.final.n_items - self.final.n_labelled if self.final else 0


def standing(project_id: int, *, limit: float | None) -> After:
    """Return where the project stands, with what is offered at this share of errors (5 %)."""
    project = exchange.project_facts(project_id)
    final = accepting.newest(project_id)
    accepted = accepting.standing(project_id)
    runs = exchange.recent_runs(project_id, accepting.RUN, n=1)
    is_running = bool(runs) and runs[0].is_open
    return After(
        is_active=project.status == "active",
        is_coming=is_running or due.is_final_due(project_id),
        n_items=exchange.n_items(project_id),
        revision=exchange.revision(project_id),
        final=final,
        report=final_report_of(final.report) if final else None,
        offer=accepting.offer(final, limit or USUAL / 100) if final else None,
        accepted=accepted,
        useful=_useful(project, final, accepted),
        run=runs[0] if runs else None,
    )


def _useful(
    project: ProjectFacts, final: Final | None, accepted: Acceptance | None
) -> list[Useful]:
    if final is None:
        return []
    found = accepting.useful(final, accepted, n=SHOWN)
    contents = _contents(found)
    names = dict(zip(project.class_ids, project.class_names, strict=True))
    return [
        Useful(each.item_id, content, _answer(each, final, names), each.confidence)
        for each, content in zip(found, contents, strict=True)
    ]


def _contents(found: Sequence[Prediction]) -> list[str]:
    payloads = exchange.load_payloads([each.item_id for each in found])
    return [each.text or _cells(each.fields) or "An image" for each in payloads]


def _cells(fields: dict[str, object]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in fields.items())


def _answer(said: Prediction, final: Final, names: dict[int, str]) -> str:
    ids = [final.class_ids[place] for place in said.answer]
    return ", ".join(names.get(each, "a removed class") for each in ids) or "no class"
