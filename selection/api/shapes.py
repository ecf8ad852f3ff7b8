"""What is sent to the reader and shown of it."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.shapes import Sent, Shown
from selection import monitoring, rounds
from selection.configuration import MOST_LABELS
from selection.models import SelectionConfig


class EstimateShown(Shown):
    """An estimate with its 95 % interval, on n audit labels."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()


class MetricShown(EstimateShown):
    name = serializers.CharField()


class PointShown(EstimateShown):
    """One round's model, measured on all audit labels there are now."""

    round = serializers.IntegerField()
    n_labels = serializers.IntegerField()
    hours = serializers.FloatField(allow_null=True)
    money = serializers.FloatField(allow_null=True)
    changes = serializers.ListField(child=serializers.CharField())


class ClassEstimateShown(Shown):
    class_id = serializers.IntegerField()
    n_true = serializers.IntegerField()
    n_predicted = serializers.IntegerField()
    precision = EstimateShown(allow_null=True)
    recall = EstimateShown(allow_null=True)
    f1 = EstimateShown(allow_null=True)


class EstimatesShown(Shown):
    """What the newest round measured; `speaks` names the estimate that holds."""

    speaks = serializers.CharField()
    accuracy = EstimateShown()
    exact = EstimateShown()
    assisted = EstimateShown(allow_null=True)
    macro_f1 = EstimateShown()
    classes = ClassEstimateShown(many=True)


class RoundShown(Shown):
    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    n_items = serializers.IntegerField()
    n_labels = serializers.IntegerField()
    n_train = serializers.IntegerField()
    n_audit = serializers.IntegerField()
    model_version = serializers.CharField()


class ListedShown(Shown):
    """A round in the list, with its accuracy and what was set otherwise than before."""

    round = RoundShown()
    accuracy = EstimateShown(allow_null=True)
    changes = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_changes(self, listed: rounds.Listed) -> list[str]:
        return [f"{each.name}: {each.before} to {each.after}" for each in listed.changes]


class PartShown(Shown):
    name = serializers.CharField()
    wall = serializers.FloatField()
    cpu = serializers.FloatField(allow_null=True)


class RoundDetailShown(RoundShown):
    """A round with everything needed to repeat it, and what it found."""

    seed = serializers.IntegerField()
    label_revision = serializers.IntegerField()
    features_version = serializers.CharField()
    settings = serializers.DictField()
    verdicts = serializers.ListField(child=serializers.DictField())
    metrics = MetricShown(many=True)
    steps = PartShown(many=True)


class PickShown(Shown):
    """One item a round asked for, with why, and what was answered since."""

    place = serializers.IntegerField(source="pick.position")
    item = serializers.IntegerField(source="pick.item_id")
    purpose = serializers.CharField(source="pick.purpose")
    in_reserve = serializers.BooleanField(source="pick.in_reserve")
    strategy = serializers.CharField(source="pick.strategy")
    score = serializers.FloatField(source="pick.score", allow_null=True)
    probability = serializers.FloatField(source="pick.probability", allow_null=True)
    confidence = serializers.FloatField(source="pick.confidence", allow_null=True)
    predicted = serializers.CharField()
    answer = serializers.CharField(allow_null=True)
    agrees = serializers.BooleanField(allow_null=True)


class HealthShown(Shown):
    level = serializers.CharField()
    word = serializers.CharField()
    text = serializers.CharField()
    to_do = serializers.CharField()


class RuleShown(Shown):
    """A stopping rule's word after the newest round; one set aside does not count."""

    rule = serializers.CharField(source="name")
    title = serializers.CharField()
    word = serializers.CharField()
    value = serializers.CharField()
    threshold = serializers.CharField()
    reason = serializers.CharField()
    can_go_on = serializers.BooleanField()


class StoppingShown(Shown):
    """Whether to stop, and why; without a round there is no word yet."""

    round = serializers.IntegerField(allow_null=True)
    should_stop = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    rules = RuleShown(many=True)


class GoOnSent(Sent):
    """Which rule is set aside, for how many labels more, and why."""

    rule = serializers.CharField(max_length=40)
    labels = serializers.IntegerField(min_value=1, max_value=MOST_LABELS)
    reason = serializers.CharField(max_length=500)


class WordShown(Shown):
    rule = serializers.CharField()
    until_labels = serializers.IntegerField()
    reason = serializers.CharField()


class BatchShown(Shown):
    """The newest batch; null before the first one."""

    number = serializers.IntegerField(source="batch", allow_null=True)
    n_wanted = serializers.IntegerField()
    n_closed = serializers.IntegerField()
    n_out = serializers.IntegerField()
    reserve_left = serializers.IntegerField()
    budget_left = serializers.IntegerField(allow_null=True)
    is_complete = serializers.BooleanField()


class ClassShareShown(Shown):
    name = serializers.CharField()
    n_labels = serializers.IntegerField()
    n_picked = serializers.IntegerField()


class ProgressShown(Shown):
    """How far a project is: labels, the current model's accuracy, classes, what is wrong."""

    n_items = serializers.IntegerField()
    n_labels = serializers.IntegerField()
    round = serializers.IntegerField(source="newest.number", default=None, allow_null=True)
    batch = BatchShown(source="progress")
    accuracy = PointShown(source="now_point", allow_null=True)
    certificate = serializers.CharField()
    classes = ClassShareShown(many=True)
    alarms = HealthShown(many=True)
    is_training = serializers.SerializerMethodField()

    def get_is_training(self, overview: monitoring.Overview) -> bool:
        return overview.open_run is not None


class RunStateShown(Shown):
    """A worker's run, and how far it is."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    step = serializers.CharField()
    progress = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()


class StartedShown(Shown):
    """Whether it is on its way now; false where one was already."""

    is_started = serializers.BooleanField()


class SelectionShown(Shown):
    """How a project selects."""

    is_enabled = serializers.BooleanField()
    on_stop = serializers.CharField()
    features = serializers.CharField()
    settings = serializers.DictField()


class SelectionSent(Sent):
    """What is to be changed; whatever is left out stays. In force from the next round on."""

    is_enabled = serializers.BooleanField(required=False)
    on_stop = serializers.ChoiceField(choices=SelectionConfig.OnStop.values, required=False)
    features = serializers.CharField(max_length=40, required=False)
    settings = serializers.DictField(
        required=False, help_text="Of batch_size, strategy and so on: docs/selection.md."
    )
