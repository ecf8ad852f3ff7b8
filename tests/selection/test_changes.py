from selection.changes import changes_between
from selection.core.config import LoopConfig
from selection.models import Round


def made(features="v1", choice=None, **config):
    return Round(
        config=LoopConfig(**config).to_dict(),
        features_version=features,
        facts={"choice": choice or {}},
    )


def test_rounds_made_alike_have_no_mark():
    assert changes_between(made(), made()) == []


def test_strategy_and_settings_are_named_with_old_and_new():
    found = changes_between(made(), made(strategy="margin", batch_size=40, target_value=0.9))

    assert found == [
        "Strategy: Automatic to Margin",
        "Batch size: 20 to 40",
        "Target: none to 0.9",
    ]


def test_other_encoder_and_other_kind_of_model_are_named():
    linear = {"kernel": "linear", "strength": 0.5, "spread": 0.3}
    kernel = {"kernel": "gaussian", "strength": 0.0, "spread": 0.3}

    found = changes_between(made(choice=linear), made("v2", choice=kernel))

    assert found == [
        "Other features",
        "Model chosen: linear to by likeness",
        "Model leaves out descriptions",
    ]
