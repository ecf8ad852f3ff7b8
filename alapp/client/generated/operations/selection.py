"""Written by `manage.py client_code` from the schema: change that, not this."""

from collections.abc import Iterator
from typing import IO, Any, Literal, cast
from urllib.parse import quote

from alapp.client.connection import Connection
from alapp.client.generated import shapes
from alapp.client.unset import UNSET, Unset


class SelectionOperations:
    """The operations of the API under "selection", by their names there."""

    connection: Connection

    def read_curve(
        self,
        slug: str,
    ) -> list[shapes.PointShown]:
        """Read the learning curve: a point for each round's model, the oldest first."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/curve/",
        )
        return cast('list[shapes.PointShown]', found)

    def read_estimates(
        self,
        slug: str,
    ) -> shapes.EstimatesShown:
        """Read what the newest round measured, class by class; 404 while nothing is measured."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/estimates/",
        )
        return cast('shapes.EstimatesShown', found)

    def list_outside_models(
        self,
        slug: str,
    ) -> list[shapes.OutsideModelShown]:
        """List the outside models with their newest versions."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/outside-models/",
        )
        return cast('list[shapes.OutsideModelShown]', found)

    def push_outside_model(
        self,
        slug: str,
        *,
        name: str,
        kind: shapes.OutsidePushSentKindEnum,
        rows: list[dict[str, Any]],
        trained_on: list[str] | Unset = UNSET,
        idempotency_key: str = "",
    ) -> shapes.OutsidePushShown:
        """Push predictions or scores: all of them or nothing, each bad row named."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/outside-models/",
            body={"name": name, "kind": kind, "rows": rows, "trained_on": trained_on},
            key=idempotency_key,
        )
        return cast('shapes.OutsidePushShown', found)

    def read_progress(
        self,
        slug: str,
    ) -> shapes.ProgressShown:
        """Read how far a project is: labels, the model's accuracy, classes, what is wrong."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/progress/",
        )
        return cast('shapes.ProgressShown', found)

    def list_rounds(
        self,
        slug: str,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.ListedShown]:
        """List the rounds, the newest first."""
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.ListedShown]', found)

    def train_now(
        self,
        slug: str,
        *,
        idempotency_key: str = "",
    ) -> shapes.StartedShown:
        """Train now, before the batch is complete."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/",
            key=idempotency_key,
        )
        return cast('shapes.StartedShown', found)

    def read_round(
        self,
        slug: str,
        number: int,
    ) -> shapes.RoundDetailShown:
        """Read one round: its seed, settings, verdicts, metrics and how long it took."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/{quote(str(number), safe='')}/",
        )
        return cast('shapes.RoundDetailShown', found)

    def list_picks(
        self,
        slug: str,
        number: int,
        *,
        cursor: str | Unset = UNSET,
    ) -> Iterator[shapes.PickShown]:
        """List what a round asked for and why, with what was answered since. For leads only: it says
        which of them measure the model.
        """
        found = self.connection.pages(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/{quote(str(number), safe='')}/picks/",
            query={"cursor": cursor},
        )
        return cast('Iterator[shapes.PickShown]', found)

    def replay_round(
        self,
        slug: str,
        number: int,
        *,
        idempotency_key: str = "",
    ) -> shapes.StartedShown:
        """Repeat a round from what it saw, to see that it comes out the same."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/rounds/{quote(str(number), safe='')}/replay/",
            key=idempotency_key,
        )
        return cast('shapes.StartedShown', found)

    def read_selection(
        self,
        slug: str,
    ) -> shapes.SelectionShown:
        """Read how a project selects, defaults filled in."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/selection/",
        )
        return cast('shapes.SelectionShown', found)

    def change_selection(
        self,
        slug: str,
        *,
        is_enabled: bool | Unset = UNSET,
        on_stop: shapes.OnStopEnum | Unset = UNSET,
        features: str | Unset = UNSET,
        settings: dict[str, Any] | Unset = UNSET,
    ) -> shapes.SelectionShown:
        """Change how a project selects; in force from the next round on."""
        found = self.connection.call(
            "PATCH",
            f"/api/v1/projects/{quote(str(slug), safe='')}/selection/",
            body={"is_enabled": is_enabled, "on_stop": on_stop, "features": features, "settings": settings},
        )
        return cast('shapes.SelectionShown', found)

    def read_stopping(
        self,
        slug: str,
    ) -> shapes.StoppingShown:
        """Read whether to stop, and what each rule says."""
        found = self.connection.call(
            "GET",
            f"/api/v1/projects/{quote(str(slug), safe='')}/stopping/",
        )
        return cast('shapes.StoppingShown', found)

    def go_on(
        self,
        slug: str,
        *,
        rule: str,
        labels: int,
        reason: str,
        idempotency_key: str = "",
    ) -> shapes.WordShown:
        """Set a rule that says stop aside for so many labels more, with a reason."""
        found = self.connection.call(
            "POST",
            f"/api/v1/projects/{quote(str(slug), safe='')}/stopping/go-on/",
            body={"rule": rule, "labels": labels, "reason": reason},
            key=idempotency_key,
        )
        return cast('shapes.WordShown', found)
