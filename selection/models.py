"""The reader's tables: how a project selects, and what every round saw, found and picked."""

from django.db import models
from django.db.models.functions import Now

from selection.models_outside import OutsideModel as OutsideModel
from selection.models_outside import OutsideVersion as OutsideVersion


class SelectionConfig(models.Model):
    """How a project selects. `config` is a LoopConfig, `features` says what the model reads.

    `features` is "auto" or names of the catalog joined by +; `features_params` maps such a name to
    settings of that encoder.

    Made with safe defaults when the project is first looked at. Switched off, the desk hands
    items out without a model.
    """

    class OnStop(models.TextChoices):
        ADVISE = "advise", "Advise"
        PAUSE = "pause", "Pause the project"

    project = models.OneToOneField(
        "annotation.Project",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="selection_config",
    )
    is_enabled = models.BooleanField(default=True)
    config = models.JSONField(default=dict)
    features = models.CharField(max_length=40, default="auto")
    features_params = models.JSONField(default=dict)
    on_stop = models.CharField(max_length=10, choices=OnStop, default=OnStop.ADVISE)

    def __str__(self) -> str:
        return f"selection of project {self.project_id}"


class Round(models.Model):
    """One round, with everything needed to repeat it: seed, configuration, revision, hashes."""

    project = models.ForeignKey(
        "annotation.Project", on_delete=models.CASCADE, related_name="rounds"
    )
    number = models.PositiveIntegerField()
    # Fits a bigint and every random generator; made from the project's seed and the number.
    seed = models.BigIntegerField()
    config = models.JSONField()
    features_version = models.CharField(max_length=80)
    label_revision = models.BigIntegerField()
    n_items = models.PositiveIntegerField()
    n_labels = models.PositiveIntegerField()
    n_train = models.PositiveIntegerField()
    n_audit = models.PositiveIntegerField()
    audit_reserved = models.PositiveIntegerField()
    # Empty when nothing could be fitted yet.
    model_version = models.CharField(max_length=40, blank=True)
    model_file = models.CharField(max_length=120, blank=True)
    verdicts = models.JSONField(default=list)
    health = models.JSONField(default=list)
    timings = models.JSONField(default=dict)
    # {"candidates": n, "spent": alpha, ...}: what later rounds and pages want to know in short.
    facts = models.JSONField(default=dict)
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_once")
        ]

    def __str__(self) -> str:
        return f"round {self.number} of project {self.project_id}"


class Predictions(models.Model):
    """What a round's model said of the audit items and of the stop set: [item id, answer] pairs.

    Kept, so that a later round can measure this model on newer audit labels.
    """

    round = models.OneToOneField(
        Round, on_delete=models.CASCADE, primary_key=True, related_name="predictions"
    )
    audit = models.JSONField(default=list)
    stop_set = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"predictions of {self.round_id}"


class Pick(models.Model):
    """One item a round asked for: where in the batch, what for, and why."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="picks")
    item = models.ForeignKey("annotation.Item", on_delete=models.CASCADE, related_name="picks")
    position = models.PositiveIntegerField()
    purpose = models.CharField(max_length=10)
    in_reserve = models.BooleanField(default=False)
    strategy = models.CharField(max_length=40)
    score = models.FloatField(null=True)
    reason = models.JSONField(default=dict)
    # The chance of being picked, where chance decided.
    probability = models.FloatField(null=True)
    predicted_class = models.BigIntegerField(null=True)
    confidence = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="pick_position_once"),
            models.UniqueConstraint(fields=["round", "item"], name="pick_item_once"),
        ]

    def __str__(self) -> str:
        return f"pick {self.position} of round {self.round_id}"


class Metric(models.Model):
    """An estimate with its 95 % interval and the number of audit labels it rests on."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="metrics")
    name = models.CharField(max_length=30)
    value = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "name"], name="metric_once"),
            models.CheckConstraint(
                condition=models.Q(low__lte=models.F("value"), high__gte=models.F("value")),
                name="metric_within_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.value:.3f} of round {self.round_id}"


class Inputs(models.Model):
    """What a round saw that later rows no longer tell: kept so that it can be repeated exactly.

    What was agreed then depends on the skills measured then, so the answers are here too; labels
    are append-only and only vouched for. `digests` has one for every input and one for all labels
    up to the round's revision, so that a repetition knows what differs.
    """

    round = models.OneToOneField(
        Round, on_delete=models.CASCADE, primary_key=True, related_name="inputs"
    )
    # The project's classes as they were, by the names of ProjectFacts.
    project = models.JSONField()
    # What else the desk said then, by the names of Snapshot: the budget left.
    asides = models.JSONField(default=dict)
    # Ids of the pool and of what was labelled, asked, out and audit in it: a compressed .npz.
    desk = models.BinaryField()
    # What was agreed of every labelled item, its weight and standing: a compressed .npz.
    answers_seen = models.BinaryField(default=bytes)
    digests = models.JSONField(default=dict)
    # Versions of what computed it.
    made_with = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"inputs of {self.round_id}"


class HeldOut(models.Model):
    """What the models of a project's newest round think of items whose label they did not see.

    Only the newest is kept: it is what the next round may ask where people differ.
    """

    project = models.OneToOneField(
        "annotation.Project", on_delete=models.CASCADE, primary_key=True, related_name="held_out"
    )
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="+")
    class_ids = models.JSONField()
    # Item ids and probabilities in thousandths: a compressed .npz.
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"held out in {self.round_id}"


class Replay(models.Model):
    """What came of repeating a round: the same batch and model, or what differs and why."""

    round = models.OneToOneField(
        Round, on_delete=models.CASCADE, primary_key=True, related_name="replay"
    )
    made_at = models.DateTimeField()
    is_possible = models.BooleanField(default=True)
    is_same = models.BooleanField()
    is_same_model = models.BooleanField()
    n_same = models.PositiveIntegerField()
    n_picks = models.PositiveIntegerField()
    model_version = models.CharField(max_length=40, blank=True)
    # Plain sentences.
    differences = models.JSONField(default=list)
    made_with = models.JSONField(default=dict)
    cpu_seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"replay of {self.round_id}: {'same' if self.is_same else 'different'}"


class PoolMap(models.Model):
    """The pool on a plane, as the worker last drew it: a file of points beside this row."""

    project = models.OneToOneField(
        "annotation.Project", on_delete=models.CASCADE, primary_key=True, related_name="pool_map"
    )
    # Below DATA_DIR/maps; its name changes with its content.
    file = models.CharField(max_length=120)
    method = models.CharField(max_length=20)
    features_version = models.CharField(max_length=80)
    # Of the pool when the places were found, and of the points shown: a sample when it is large.
    n_placed = models.PositiveIntegerField()
    n_points = models.PositiveIntegerField()
    # The pool now, and how many of its items wait for the next placing.
    n_items = models.PositiveIntegerField()
    n_waiting = models.PositiveIntegerField(default=0)
    # The round whose model colours the points; None without a model.
    round_number = models.PositiveIntegerField(null=True)
    placed_at = models.DateTimeField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"map of project {self.project_id}"


class WhatIf(models.Model):
    """Other settings replayed on the labels so far: what was asked for, and what came of it.

    `known` are the labels it works on, as they stood when it began: [item id, class ids] of what
    may be asked ("pool") and of audit items ("test"). `trials` are the replays done, one per
    variant and seed, so that a run that was interrupted goes on where it was.
    """

    project = models.ForeignKey(
        "annotation.Project", on_delete=models.CASCADE, related_name="what_ifs"
    )
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey("annotation.User", on_delete=models.SET_NULL, null=True)
    # {"name", "strategy", "batch_size"} each; the first one is what is in force.
    variants = models.JSONField()
    config = models.JSONField()
    n_seeds = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    known = models.JSONField(default=dict)
    trials = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    cpu_seconds = models.FloatField(default=0)
    is_cancelled = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="what_if_by_project")]

    def __str__(self) -> str:
        return f"what-if {self.pk} of project {self.project_id}"


class Final(models.Model):
    """What was made after the stop: a model of all labels, and its predictions for every item.

    `judge_version` is a model of the same labels but the audit ones: by its answers to these it
    is known which of its predictions may be accepted. Predictions lie in files, see final_files.
    `report` is an estimates.FinalReport as a plain dict.
    """

    project = models.ForeignKey(
        "annotation.Project", on_delete=models.CASCADE, related_name="finals"
    )
    number = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    config = models.JSONField()
    features_version = models.CharField(max_length=80)
    label_revision = models.BigIntegerField()
    class_ids = models.JSONField()
    model_version = models.CharField(max_length=40)
    model_file = models.CharField(max_length=120)
    judge_version = models.CharField(max_length=40)
    judge_file = models.CharField(max_length=120)
    n_items = models.PositiveIntegerField()
    n_labelled = models.PositiveIntegerField()
    n_audit = models.PositiveIntegerField()
    # The file's name inside the models folder.
    file = models.CharField(max_length=120)
    report = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="final_number_once")
        ]

    def __str__(self) -> str:
        return f"final model {self.number} of project {self.project_id}"


class Acceptance(models.Model):
    """Predictions taken for right without a human: who did it, when, and on what promise.

    Those of `final` with a confidence of at least `threshold`, of items without a label. Taking
    it back leaves the row.
    """

    project = models.ForeignKey(
        "annotation.Project", on_delete=models.CASCADE, related_name="acceptances"
    )
    final = models.ForeignKey(Final, on_delete=models.RESTRICT, related_name="acceptances")
    limit = models.FloatField()
    bound = models.FloatField()
    threshold = models.FloatField()
    n_items = models.PositiveIntegerField()
    n_audit = models.PositiveIntegerField()
    accepted_by = models.ForeignKey(
        "annotation.User", on_delete=models.PROTECT, related_name="acceptances"
    )
    accepted_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        "annotation.User", on_delete=models.PROTECT, null=True, related_name="acceptances_withdrawn"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_acceptance",
            ),
            models.CheckConstraint(
                condition=models.Q(bound__lte=models.F("limit"), limit__gt=0, limit__lt=1),
                name="acceptance_within_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_by=None)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="acceptance_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.n_items} predictions of {self.final_id} accepted"


class GoneOn(models.Model):
    """A lead's word against a stopping rule: in force until so many labels stand. Never changed."""

    project = models.ForeignKey(
        "annotation.Project", on_delete=models.CASCADE, related_name="gone_on"
    )
    actor = models.ForeignKey("annotation.User", on_delete=models.PROTECT, related_name="gone_on")
    rule = models.CharField(max_length=40)
    round_number = models.PositiveIntegerField()
    n_labels = models.PositiveIntegerField()
    until_labels = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="gone_on_has_reason"),
            models.CheckConstraint(
                condition=models.Q(until_labels__gt=models.F("n_labels")), name="gone_on_goes_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} set aside until {self.until_labels} labels"
