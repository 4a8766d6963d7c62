"""Columns of `struct<bytes, path>`, as data sets in the form of Hugging Face's `Image` have them in Parquet."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from automl.errors import InvalidData

_BYTES, _PATH = "bytes", "path"
_NEVER: Final = pa.null()  # what pandas writes where every value is None
_TYPES: Final = {
    _BYTES: (pa.binary(), pa.large_binary(), pa.binary_view(), _NEVER),
    _PATH: (pa.string(), pa.large_string(), pa.string_view(), _NEVER),
}


def is_image_struct(kind: pa.DataType) -> bool:
    """Whether it has the two fields, in either order, and no other."""
    if not pa.types.is_struct(kind) or kind.num_fields != len(_TYPES):
        return False
    return all(field.type in _TYPES.get(field.name, ()) for field in kind) and kind[0].name != kind[1].name


def image_bytes(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The bytes of a column of such structs, which are not copied; null where they are.

    Raises:
        InvalidData: `images-elsewhere` where the column has paths and no bytes at all.
    """
    data = pc.struct_field(column, _BYTES)
    if data.null_count == len(data) and count_elsewhere(column):
        raise InvalidData(
            "images-elsewhere",
            f"Column {name!r} has the paths of images and not their bytes: the files were not sent. Write the content "
            f"of each file into its {_BYTES!r}, or send the files as a zip archive.",
        )
    return data


def count_elsewhere(column: pa.ChunkedArray) -> int:
    """Rows with a path and without bytes: of an image that is not here."""
    absent = pc.is_null(pc.struct_field(column, _BYTES))
    return pc.sum(pc.and_(absent, pc.is_valid(pc.struct_field(column, _PATH)))).as_py() or 0
