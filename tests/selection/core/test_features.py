"""Encoders: they tell kinds apart, survive a restart, and say what is wrong."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from selection.core.features import state
from selection.core.features.images import ImageEncoder
from selection.core.features.payloads import (
    ImagePayload,
    TablePayload,
    TextPayload,
    VectorPayload,
)
from selection.core.features.tables import TableEncoder
from selection.core.features.text import TfidfEncoder
from selection.core.features.vectors import VectorEncoder
from selection.core.types import CoreError

SPORT = ["the team won the match", "a late goal won the cup match", "the team lost the cup"]
MONEY = ["the bank raised the rate", "shares fell as the rate rose", "the bank sold its shares"]


def rng():
    return np.random.default_rng(0)


def picture(draw, mode="RGB", size=(40, 30)):
    image = Image.new(mode, size)
    image.putdata([draw(x, y) for y in range(size[1]) for x in range(size[0])])
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return ImagePayload(buffer.getvalue())


def upright(shift):
    return picture(lambda x, y: (255,) * 3 if (x + shift) // 5 % 2 else (0,) * 3)


def level(shift):
    return picture(lambda x, y: (255,) * 3 if (y + shift) // 5 % 2 else (0,) * 3)


def texts():
    return [TextPayload(text) for text in SPORT + MONEY]


def tables():
    return [
        TablePayload({"size": n, "colour": "red" if n % 2 else "blue", "same": "x"})
        for n in range(20)
    ]


def encoders():
    pictures = [upright(s) for s in range(4)] + [level(s) for s in range(4)]
    vectors = [VectorPayload(np.array([n, 1.0, 2.0])) for n in range(5)]
    return {
        "text_tfidf": (TfidfEncoder.fit(texts(), rng=rng()), texts()),
        "image_plain": (ImageEncoder.fit(pictures, rng=rng()), pictures),
        "table_plain": (TableEncoder.fit(tables(), rng=rng()), tables()),
        "vectors": (VectorEncoder.fit(vectors, rng=rng()), vectors),
    }


NAMES = ("text_tfidf", "image_plain", "table_plain", "vectors")


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_finite_and_as_wide_as_promised(name):
    encoder, payloads = encoders()[name]

    rows = encoder.encode(payloads)

    assert rows.shape == (len(payloads), encoder.width)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    length = 3 if name == "table_plain" else 1
    assert 0.5 < np.mean(np.linalg.norm(rows, axis=1)) / length < 1.5


@pytest.mark.parametrize("name", NAMES)
def test_encoder_gives_the_same_rows_after_a_restart(name, tmp_path):
    encoder, payloads = encoders()[name]

    state.save(name, encoder, tmp_path)
    again = state.load(tmp_path)

    assert again.version == encoder.version
    np.testing.assert_array_equal(again.encode(payloads), encoder.encode(payloads))


@pytest.mark.parametrize("name", NAMES)
def test_encoder_fitted_twice_has_the_same_version(name):
    assert encoders()[name][0].version == encoders()[name][0].version


@pytest.mark.parametrize("name", NAMES)
def test_rows_do_not_depend_on_their_company(name):
    encoder, payloads = encoders()[name]

    alone = np.concatenate([encoder.encode([payload]) for payload in payloads])

    np.testing.assert_allclose(alone, encoder.encode(payloads), atol=1e-5)


def test_half_written_encoder_is_refused(tmp_path):
    encoder, _ = encoders()["image_plain"]
    state.save("image_plain", encoder, tmp_path)
    np.savez(tmp_path / "encoder.npz", mean=np.zeros(3), components=np.zeros((2, 3)))

    with pytest.raises(CoreError, match="half written"):
        state.load(tmp_path)


def test_missing_encoder_is_refused(tmp_path):
    with pytest.raises(CoreError, match="no complete encoder"):
        state.load(tmp_path / "nowhere")


def test_stream_encodes_in_chunks_and_reports_progress():
    encoder, payloads = encoders()["text_tfidf"]
    seen = []

    parts = list(state.encode_stream(encoder, iter(payloads), chunk=4, progress=seen.append))

    assert [len(part) for part in parts] == [4, 2]
    assert seen == [4, 6]
    np.testing.assert_allclose(np.concatenate(parts), encoder.encode(payloads), atol=1e-6)


# Texts


def test_texts_on_one_subject_are_closer_than_others():
    rows = TfidfEncoder.fit(texts(), rng=rng(), width=3).encode(texts())

    cosine = rows @ rows.T
    within = (cosine[:3, :3].sum() - 3) / 6
    assert within > cosine[:3, 3:].mean() + 0.2


def test_text_without_a_known_word_gives_zeros():
    encoder = TfidfEncoder.fit(texts(), rng=rng())

    assert not encoder.encode([TextPayload("zzz")]).any()


def test_scripts_without_spaces_are_read_by_characters():
    chinese = ["今天天气很好", "今天天气不好", "股票价格上涨", "股票价格下跌"]
    payloads = [TextPayload(text) for text in chinese]

    cosine = (rows := TfidfEncoder.fit(payloads, rng=rng()).encode(payloads)) @ rows.T

    assert cosine[0, 1] > cosine[0, 2] + 0.3


def test_texts_without_words_are_read_by_characters():
    payloads = [TextPayload("!!"), TextPayload("?!"), TextPayload("??")]

    assert TfidfEncoder.fit(payloads, rng=rng()).encode(payloads).any()


def test_sample_without_a_character_is_refused():
    with pytest.raises(CoreError, match="no characters"):
        TfidfEncoder.fit([TextPayload(""), TextPayload("")], rng=rng())


def test_single_text_can_be_encoded():
    encoder = TfidfEncoder.fit([TextPayload("one text only")], rng=rng())

    assert np.isfinite(encoder.encode([TextPayload("one text only")])).all()


# Images


def test_encoder_of_an_older_program_is_fitted_again(tmp_path):
    encoder, _ = encoders()["image_plain"]
    meta, arrays = encoder.to_state()

    with pytest.raises(CoreError, match="5 numbers describe an image, not 2032"):
        ImageEncoder.from_state(meta, arrays | {"mean": arrays["mean"][:5]})
    state.save("image_plain", encoder, tmp_path)
    content = json.loads((tmp_path / state.META).read_text())
    (tmp_path / state.META).write_text(json.dumps(content | {"name": "text_sentence"}))
    with pytest.raises(CoreError, match="lacks 'model': fit it again"):
        state.load(tmp_path)


def test_images_with_stripes_in_one_direction_are_closer_than_others():
    pictures = [upright(s) for s in range(5)] + [level(s) for s in range(5)]

    rows = ImageEncoder.fit(pictures, rng=rng(), width=4).encode(pictures)

    cosine = rows @ rows.T
    assert cosine[:5, :5].mean() > cosine[:5, 5:].mean() + 0.5


def test_colours_tell_plain_images_apart():
    plain = [picture(lambda x, y, c=c: c) for c in [(200, 0, 0), (0, 0, 200)] * 3]

    rows = ImageEncoder.fit(plain, rng=rng()).encode(plain)

    assert rows[0] @ rows[2] > 0.9
    assert rows[0] @ rows[1] < 0


@pytest.mark.parametrize("mode", ["L", "RGBA", "1"])
def test_images_of_every_mode_are_read(mode):
    values = {"L": 100, "RGBA": (1, 2, 3, 4), "1": 1}

    payloads = [upright(0), picture(lambda x, y: values[mode], mode=mode)]

    assert np.isfinite(ImageEncoder.fit(payloads, rng=rng()).encode(payloads)).all()


def test_unreadable_image_is_refused(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"not an image")

    with pytest.raises(CoreError, match="unreadable image"):
        ImageEncoder.fit([ImagePayload(tmp_path / "bad.png")], rng=rng())
    with pytest.raises(CoreError, match="unreadable image"):
        ImageEncoder.fit([ImagePayload(Path("nowhere.png"))], rng=rng())


# Tables


def test_number_is_scaled_by_median_and_quartiles():
    # 0..20: median 10, quartiles 5 and 15, scale 10 / 1.349 = 7.413; the only column, so the
    # rows are divided by the root of their mean square: proportional to (n - 10)
    rows = [TablePayload({"n": n}) for n in range(21)]

    X = TableEncoder.fit(rows, rng=rng()).encode(rows)[:, 0]

    assert X[10] == 0
    assert X[20] == pytest.approx(-X[0])
    assert X[15] == pytest.approx(X[20] / 2)


def test_unknown_number_has_its_own_indicator_and_an_extreme_one_is_cut():
    rows = [TablePayload({"n": n if n else None}) for n in range(21)]
    encoder = TableEncoder.fit(rows, rng=rng())

    values = ({"n": ""}, {"n": 1e9}, {}, {"n": 46}, {"n": 45})
    X = encoder.encode([TablePayload(each) for each in values])

    assert X[0, 0] == 0
    assert X[0, 1] > 0
    # quartiles 5.75 and 15.25, so a scale of 9.5 / 1.349 = 7.04; cut at 10.5 + 5 x 7.04 = 45.7
    assert X[1, 0] == X[3, 0] > X[4, 0]
    assert X[1, 1] == 0
    np.testing.assert_array_equal(X[0], X[2])


def test_category_never_seen_before_shares_the_place_of_the_unknown():
    encoder = TableEncoder.fit(tables(), rng=rng())

    new, unknown = encoder.encode(
        [TablePayload({"size": 3, "colour": "green"}), TablePayload({"size": 3})]
    )

    np.testing.assert_array_equal(new, unknown)


def test_column_that_never_varies_is_left_out():
    # size: number without gaps, 1 place; colour: red, blue, other, 3 places; same: none
    assert TableEncoder.fit(tables(), rng=rng()).width == 4


def test_words_of_a_free_text_column_are_hashed_alike():
    rows = [TablePayload({"note": f"word{n} again"}) for n in range(100)]
    encoder = TableEncoder.fit(rows, rng=rng())

    X = encoder.encode([TablePayload({"note": "Again, word5!"}), rows[5]])

    np.testing.assert_allclose(X[0], X[1], atol=1e-6)


def test_table_without_a_column_that_varies_is_refused():
    with pytest.raises(CoreError, match="none of 1 columns"):
        TableEncoder.fit([TablePayload({"a": 1}), TablePayload({"a": 1})], rng=rng())


# Own vectors


def test_vectors_of_another_width_or_not_finite_are_refused():
    encoder = VectorEncoder.fit([VectorPayload(np.ones(3))], rng=rng())

    with pytest.raises(CoreError, match=r"expected \(3,\)"):
        encoder.encode([VectorPayload(np.ones(4))])
    with pytest.raises(CoreError, match="not finite"):
        encoder.encode([VectorPayload(np.array([1, np.nan, 0]))])
