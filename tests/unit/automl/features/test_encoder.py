import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.features.encoder import FeatureEncoder
from automl.types import Column, Frame, Json


def _strings(*values: str | None) -> np.ndarray:
    return np.array(values, dtype=object)


def _reread(encoder: FeatureEncoder) -> FeatureEncoder:
    return FeatureEncoder.from_json(json.loads(json.dumps(encoder.to_json(), allow_nan=False)))


def test_each_type_becomes_its_features(frame: Frame, columns: tuple[Column, ...]) -> None:
    encoder = FeatureEncoder.fit(frame, columns)
    matrix = encoder.transform(frame)
    assert encoder.names == (
        "age",
        "city",
        "member",
        "seen",
        "seen.year",
        "seen.month",
        "seen.day",
        "seen.weekday",
        "seen.hour",
        "note.characters",
        "note.words",
        "note.digits",
        "note.capital_share",
        "note.punctuation",
    )
    assert encoder.sources[3:9] == ("seen",) * 6
    assert encoder.categorical == (1,)
    assert matrix.dtype == np.float64
    assert matrix.flags.c_contiguous
    assert matrix.shape == (len(frame["age"]), len(encoder.names))
    np.testing.assert_array_equal(matrix[:, 0], frame["age"])
    np.testing.assert_array_equal(matrix[:, 2], frame["member"])


def test_categories_rank_by_frequency_then_by_name() -> None:
    frame = {"c": _strings("b", "a", "z", "z", None, "c")}
    encoder = FeatureEncoder.fit(frame, [Column("c", "categorical")])
    np.testing.assert_array_equal(encoder.transform(frame)[:, 0], [2, 1, 0, 0, np.nan, 3])


def test_unknown_categories_are_missing_and_told() -> None:
    encoder = FeatureEncoder.fit({"c": _strings("a", "b")}, [Column("c", "categorical")])
    asked = {"c": _strings("a", "x", None)}
    np.testing.assert_array_equal(encoder.transform(asked)[:, 0], [0, np.nan, np.nan])
    assert list(encoder.unseen(asked)) == [(1, "c", "x")]


def test_beyond_a_thousand_categories_the_rest_share_a_code() -> None:
    many = _strings(*(f"v{i:05}" for i in range(1500) for _ in range(2 if i < 900 else 1)))
    encoder = FeatureEncoder.fit({"c": many}, [Column("c", "categorical")])
    asked = {"c": _strings("v00000", "v00999", "v01499", "new", None)}
    np.testing.assert_array_equal(encoder.transform(asked)[:, 0], [0, 999, 1000, 1000, np.nan])
    assert [value for _, _, value in encoder.unseen(asked)] == ["v01499", "new"]


def test_only_varying_parts_of_a_datetime_are_kept() -> None:
    days = np.array([datetime(2024, 3, day, 12, tzinfo=UTC).timestamp() for day in (4, 11, 18)] + [np.nan])
    encoder = FeatureEncoder.fit({"t": days}, [Column("t", "datetime")])
    assert encoder.names == ("t", "t.day")
    np.testing.assert_array_equal(encoder.transform({"t": days})[:, 1], [4, 11, 18, np.nan])


@given(st.lists(st.none() | st.floats(-62_135_596_800, 253_402_300_799), min_size=60, max_size=60))
def test_many_moments_have_the_parts_that_each_has_alone(moments: list[float | None]) -> None:
    seconds = np.array(moments, dtype=np.float64)
    spread = [datetime(year, year, year, year, tzinfo=UTC).timestamp() for year in (1, 2, 3)]
    encoder = FeatureEncoder.fit({"t": np.array(spread)}, [Column("t", "datetime")])
    alone = [encoder.transform({"t": seconds[i : i + 1]}) for i in range(60)]
    np.testing.assert_array_equal(encoder.transform({"t": seconds}), np.concatenate(alone))


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001 - made aware below
def test_parts_are_the_calendars(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    spread = [datetime(year, year, year, year, tzinfo=UTC).timestamp() for year in (1, 2, 3)]
    encoder = FeatureEncoder.fit({"t": np.array(spread)}, [Column("t", "datetime")])
    row = encoder.transform({"t": np.array([moment.timestamp()])})[0]
    assert row.tolist() == [
        moment.timestamp(),
        moment.year,
        moment.month,
        moment.day,
        moment.weekday(),
        moment.hour,
    ]


def test_text_is_counted() -> None:
    frame = {"t": _strings("Call 555-1234 NOW!", "", None, "żółw")}
    matrix = FeatureEncoder.fit(frame, [Column("t", "text")]).transform(frame)
    assert matrix[0].tolist() == [18, 3, 7, 4 / 18, 2]
    assert matrix[1].tolist() == [0, 0, 0, 0, 0]
    assert np.isnan(matrix[2]).all()
    assert matrix[3, :2].tolist() == [4, 1]


def test_fitting_on_nothing_known_still_transforms() -> None:
    columns = [Column("c", "categorical"), Column("t", "datetime"), Column("n", "numeric"), Column("x", "text")]
    frame = {"c": _strings(None), "t": np.array([np.nan]), "n": np.array([np.nan]), "x": _strings(None)}
    assert np.isnan(FeatureEncoder.fit(frame, columns).transform(frame)).all()


def test_the_frames_own_order_does_not_matter(frame: Frame, columns: tuple[Column, ...]) -> None:
    encoder = FeatureEncoder.fit(frame, columns)
    turned = dict(reversed(frame.items()))
    np.testing.assert_array_equal(encoder.transform(turned), encoder.transform(frame))


def test_one_row_is_encoded_as_it_is_among_many(frame: Frame, columns: tuple[Column, ...]) -> None:
    encoder = FeatureEncoder.fit(frame, columns)
    whole = encoder.transform(frame)
    for row in range(0, len(whole), 37):
        alone = {name: values[row : row + 1] for name, values in frame.items()}
        np.testing.assert_array_equal(encoder.transform(alone)[0], whole[row])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(allow_infinity=False),
            st.none() | st.text(),
            st.none() | st.text(),
            st.none() | st.integers(-(10**10), 10**11),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_json_and_back_transforms_alike(rows: list[tuple[float, str | None, str | None, int | None]]) -> None:
    numbers, categories, texts, moments = zip(*rows, strict=True)
    frame: Frame = {
        "n": np.array(numbers),
        "c": _strings(*categories),
        "x": _strings(*texts),
        "t": np.array(moments, dtype=np.float64),
    }
    columns = [Column("n", "numeric"), Column("c", "categorical"), Column("x", "text"), Column("t", "datetime")]
    encoder = FeatureEncoder.fit(frame, columns)
    again = _reread(encoder)
    assert (again.names, again.columns, again.categorical) == (encoder.names, encoder.columns, encoder.categorical)
    np.testing.assert_array_equal(again.transform(frame), encoder.transform(frame))


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        [1],
        [{"name": 1, "type": "numeric"}],
        [{"name": "a", "type": ["numeric"]}],
        [{"name": "a", "type": "sound"}],
        [{"name": "a", "type": "numeric"}, {"name": "a", "type": "text"}],
        [{"name": "a", "type": "categorical"}],
        [{"name": "a", "type": "categorical", "categories": ["x", "x"], "capped": False}],
        [{"name": "a", "type": "categorical", "categories": [1], "capped": False}],
        [{"name": "a", "type": "categorical", "categories": [], "capped": 1}],
        [{"name": "a", "type": "categorical", "categories": [str(i) for i in range(1001)], "capped": True}],
        [{"name": "a", "type": "datetime", "parts": ["century"]}],
    ],
)
def test_json_that_no_encoder_wrote_is_refused(document: Json) -> None:
    with pytest.raises(ValueError, match=r"."):
        FeatureEncoder.from_json(document)
