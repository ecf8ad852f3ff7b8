"""Why there is nothing to label, in words for annotators, and what happens next."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotation.models import Budget, Project
from annotation.services import desk
from annotation.services.queue import Nothing

Words = str | Promise


@dataclass(frozen=True)
class EndState:
    """A page instead of an item. `mark` is its shape; a closed one ends the work in hand too."""

    title: Words
    text: Words
    mark: str
    is_closed: bool = False


PAGES = {
    Nothing.DRAFT: EndState(
        _("This project has not started yet"),
        _("Its lead is still preparing it. The first item appears here when it starts."),
        "pauses",
        is_closed=True,
    ),
    Nothing.PAUSED: EndState(
        _("Paused"),
        _("Everything you answered is saved. Work goes on here when the lead resumes the project."),
        "pauses",
        is_closed=True,
    ),
    Nothing.STOPPED: EndState(
        _("This project is finished"),
        _("Everything you answered is saved. Thank you for your work."),
        "stops",
        is_closed=True,
    ),
    Nothing.PREPARING: EndState(
        _("Preparing the first batch"),
        _("The items worth asking first are being chosen. This takes a few seconds."),
        "waits",
    ),
    Nothing.BUDGET: EndState(
        _("The budget is used up"),
        _("Every label it allows is given or with somebody now. More may come from the lead."),
        "ends",
    ),
    Nothing.FROZEN: EndState(
        _("The lead has stopped handing out items"),
        _("Everything you answered is saved. Work goes on here when the budget is let go again."),
        "pauses",
    ),
    Nothing.ROLE: EndState(
        _("Items go to others here"),
        _("This project hands none to people of your role. Its settings say whom it asks."),
        "ends",
    ),
    Nothing.SHARE: EndState(
        _("Your share of this batch is done"),
        _("The rest is for others, so that many people are heard. The next batch comes here."),
        "waits",
    ),
    Nothing.RESTING: EndState(
        _("A short pause"),
        _("Everything you answered is saved. The lead wants to talk with you before you go on."),
        "pauses",
    ),
    Nothing.EMPTY: EndState(
        _("Nothing left for you"),
        _("You have been through every item that waits for an answer. New ones appear here."),
        "ends",
    ),
}
OWN_BUDGETS = {
    Budget.Scope.ANNOTATOR: EndState(
        _("Your part of this project is done"),
        _("You have given every label you may give here. More may come from the lead."),
        "ends",
    ),
    Budget.Scope.ANNOTATOR_DAY: EndState(
        _("That is all for today"),
        _("You have given every label you may give here in a day. Tomorrow there are more."),
        "ends",
    ),
}
NEXT_BATCH = EndState(
    _("The next batch is coming"),
    _("The model is learning from the answers so far. The next items appear here by themselves."),
    "waits",
)


def end_state(project: Project, nothing: Nothing | None, scope: str = "") -> EndState | None:
    """Return the page to show when nothing is in hand; `scope` is whose budget refused."""
    if nothing is Nothing.BUDGET and scope in OWN_BUDGETS:
        return OWN_BUDGETS[Budget.Scope(scope)]
    if nothing is Nothing.EMPTY and desk.is_round_running(project):
        return NEXT_BATCH
    return PAGES[nothing] if nothing else None
