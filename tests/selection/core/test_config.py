"""Settings: safe defaults, limits that say what they are, JSON and back."""

import json

import pytest

from selection.core.catalog import ConfigError
from selection.core.config import LoopConfig


def test_defaults_are_valid_and_survive_json():
    config = LoopConfig()

    assert LoopConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_changed_settings_survive_json():
    config = LoopConfig(
        strategy="entropy",
        batch="diverse",
        batch_params={"shortlist": 5},
        target_value=0.85,
        stopping={"stabilised": {"kappa": 0.97}},
    )

    assert LoopConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"batch_size": 0}, "batch_size: 0 is not allowed; must be a whole number from 1 to 10000"),
        ({"batch_size": 2.5}, "batch_size: 2.5"),
        ({"batch_size": True}, "batch_size: True"),
        ({"audit_share": 0.95}, "audit_share: 0.95 .* from 0 to 0.9"),
        ({"audit_share": float("nan")}, "audit_share: nan"),
        ({"rare_share": 0.6}, "rare_share: 0.6 .* from 0 to 0.5"),
        ({"relabel_share": -0.1}, "relabel_share: -0.1 .* from 0 to 0.9"),
        ({"duplicate_cosine": 2}, "duplicate_cosine: 2 .* from 0.5 to 1"),
        ({"per_second": 1}, "per_second: 1 .* true or false"),
        ({"strategy": "guess"}, "strategy: 'guess' .* one of .*margin"),
        ({"task": "boxes"}, "task: 'boxes' .* single, multi"),
        ({"estimator": "logistic", "estimator_params": {"C": -1}}, r"estimator_params\.C: -1"),
        ({"estimator_params": {"D": 1}}, r"estimator_params\.D: 1 .* known: descriptions"),
        ({"batch_params": {"shortlist": 5}, "batch": "top"}, r"batch_params\.shortlist"),
        ({"stopping": {"never": {}}}, "stopping: 'never'"),
        ({"stopping": {"stabilised": {"kappa": 2}}}, r"stopping\.stabilised\.kappa: 2"),
        ({"target_value": 85}, "target_value: 85 .* from 0 to 1"),
        ({"bacth_size": 5}, "bacth_size: 5 .* known fields: .*batch_size"),
        ({"strategy_params": [1]}, "strategy_params: .* must map names to values"),
    ],
)
def test_setting_out_of_limits_names_field_value_and_limit(given, message):
    with pytest.raises(ConfigError, match=message):
        LoopConfig.from_dict(given)


def test_own_batch_is_the_one_that_suits_the_strategy():
    assert LoopConfig(strategy="auto").batch_name == "herding"
    assert LoopConfig(strategy="balanced").batch_name == "clustered"
    assert LoopConfig(strategy="margin").batch_name == "top"
    assert LoopConfig(strategy="margin", batch="diverse").batch_name == "diverse"
