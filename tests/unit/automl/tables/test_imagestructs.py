"""Columns of `struct<bytes, path>` are images, and nothing else that is nested is."""

import pyarrow as pa
import pytest

from automl.errors import InvalidData
from automl.tables.canonical import canonical_table
from automl.tables.images import normal_image
from automl.tables.imagestructs import count_elsewhere, image_bytes
from tests.pictures import shapes

(_, FIRST), (_, SECOND) = shapes(2)
KIND = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def _column(*values: dict[str, object] | None, kind: pa.DataType = KIND) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, kind)])


@pytest.mark.parametrize(
    "fields",
    [
        [("bytes", pa.binary()), ("path", pa.string())],
        [("path", pa.string()), ("bytes", pa.binary())],
        [("bytes", pa.large_binary()), ("path", pa.large_string())],
        [("bytes", pa.binary_view()), ("path", pa.string_view())],
    ],
    ids=["bytes first", "path first", "large", "views"],
)
def test_the_bytes_are_the_images(fields: list[tuple[str, pa.DataType]]) -> None:
    column = _column({"bytes": FIRST, "path": "1.png"}, None, {"bytes": SECOND, "path": None}, kind=pa.struct(fields))
    found = canonical_table(pa.table({"y": [1, 2, 3], "image": column}))
    assert found.to_pydict() == {"y": [1, 2, 3], "image": [normal_image(FIRST), None, normal_image(SECOND)]}


def test_paths_that_pandas_wrote_as_nothing() -> None:
    column = pa.chunked_array([[{"bytes": FIRST, "path": None}]])
    assert column.type.field("path").type == pa.null()
    assert canonical_table(pa.table({"image": column}))["image"].to_pylist() == [normal_image(FIRST)]


def test_what_is_missing_in_a_null_struct_is_missing_whatever_lies_below() -> None:
    below = pa.StructArray.from_arrays(
        [pa.array([FIRST, SECOND]), pa.array(["1", "2"])], fields=list(KIND), mask=pa.array([True, False])
    )
    column = pa.chunked_array([below])
    assert image_bytes("image", column).to_pylist() == [None, SECOND]
    assert count_elsewhere(column) == 0


def test_bytes_are_not_copied() -> None:
    column = _column({"bytes": FIRST, "path": "1"}, {"bytes": SECOND, "path": "2"})
    below = column.chunk(0).field("bytes").buffers()[2]
    assert image_bytes("image", column).chunk(0).buffers()[2].address == below.address


@pytest.mark.parametrize("kind", [pa.binary(), pa.null()], ids=["binary", "null"])
def test_a_column_of_paths_alone_is_refused(kind: pa.DataType) -> None:
    struct = pa.struct([("bytes", kind), ("path", pa.string())])
    column = _column({"bytes": None, "path": "1.png"}, None, kind=struct)
    with pytest.raises(InvalidData, match=r"'photo' has the paths.*zip") as refusal:
        canonical_table(pa.table({"photo": column}))
    assert refusal.value.code == "images-elsewhere"


def test_a_column_of_nothing_has_no_values() -> None:
    column = _column(None, {"bytes": None, "path": None})
    assert canonical_table(pa.table({"image": column}))["image"].to_pylist() == [None, None]


def test_rows_with_a_path_alone_are_counted_and_missing() -> None:
    column = _column({"bytes": FIRST, "path": "1"}, {"bytes": None, "path": "2"}, {"bytes": None, "path": None}, None)
    assert count_elsewhere(column) == 1
    assert image_bytes("image", column).to_pylist() == [FIRST, None, None, None]


@pytest.mark.parametrize(
    "kind",
    [
        pa.struct([("bytes", pa.binary())]),
        pa.struct([("bytes", pa.binary()), ("path", pa.string()), ("width", pa.int32())]),
        pa.struct([("bytes", pa.binary()), ("name", pa.string())]),
        pa.struct([("bytes", pa.string()), ("path", pa.string())]),
        pa.struct([("bytes", pa.binary()), ("path", pa.int64())]),
        pa.struct([("bytes", pa.binary()), ("bytes", pa.binary())]),
        pa.list_(KIND),
    ],
)
def test_anything_else_is_nested(kind: pa.DataType) -> None:
    with pytest.raises(InvalidData) as refusal:
        canonical_table(pa.table({"a": pa.nulls(1, kind)}))
    assert refusal.value.code == "nested-column"
