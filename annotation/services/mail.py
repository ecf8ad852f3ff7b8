"""Letters, sent by a worker: nobody waits for a mail server, and nobody can time it."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django_tasks import task

from annotation.services import sealing


def post(*, subject: str, body: str, to: Sequence[str]) -> None:
    """Leave a letter to the workers; sealed, as it may hold a link that opens something."""
    send.enqueue(sealing.seal(subject), sealing.seal(body), [sealing.seal(each) for each in to])


def is_sent() -> bool:
    """Return whether there is a mail server at all."""
    return bool(settings.HAS_MAIL)


def invite(*, project: str, link: str, to: str) -> None:
    body = f"You are invited to work on {project}. This link brings you in:\n\n{link}\n"
    post(subject=f"alapp: an invitation to {project}", body=body, to=[to])


@task()
def send(subject: str, body: str, to: list[str]) -> None:
    """Send the letter; one to nobody is none, but costs whoever asked for it the same time."""
    opened = [sealing.unseal(each) for each in (subject, body, *to)]
    if to and None not in opened:
        title, text, *addresses = (str(each) for each in opened)
        EmailMessage(title, text, to=addresses).send()
