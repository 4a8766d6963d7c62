import io
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
from PIL import Image

from automl.errors import InvalidData, TooLarge, UnsupportedFormat
from automl.ingest import Limits, read_table, read_with_findings
from automl.tables.images import origin
from tests.pictures import file_of

PARQUET = "application/vnd.apache.parquet"


def _bytes(table: pa.Table, **options: Any) -> bytes:
    target = io.BytesIO()
    pq.write_table(table, target, **options)
    return target.getvalue()


def _read(tmp_path: Path, content: bytes, **limits: Any) -> pa.Table:
    source = tmp_path / "data"
    source.write_bytes(content)
    return read_table(source, PARQUET, Limits(**limits))


SOUND = _bytes(pa.table({"a": [1, 2, None], "b": ["x", "", "z"]}))


def test_a_sound_file_is_read_in_canonical_types(tmp_path: Path) -> None:
    table = _read(tmp_path, SOUND)

    assert table.schema.types == [pa.int64(), pa.string()]
    assert table.to_pylist() == [{"a": 1, "b": "x"}, {"a": 2, "b": None}, {"a": None, "b": "z"}]


@pytest.mark.parametrize(
    "content",
    [
        SOUND[:3],
        SOUND[:40],
        SOUND[:-1],
        SOUND[: len(SOUND) // 2] + SOUND[-200:],
        SOUND[:-8] + struct.pack("<I", 2**31) + b"PAR1",
        SOUND[:-8] + struct.pack("<I", 0) + b"PAR1",
    ],
)
def test_a_cut_or_forged_file_is_corrupt(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidData) as refusal:
        _read(tmp_path, content)

    assert refusal.value.code == "corrupt-parquet"


def test_forged_counts_never_change_what_is_read(tmp_path: Path) -> None:
    table = pa.table({"a": list(range(5003))})
    content = _bytes(table)
    true, forged = bytes([0x96, 0x4E]), bytes([0x98, 0x4E])  # thrift's varints of 5003 and 5004
    places = [at for at in range(len(content) - 600, len(content)) if content.startswith(true, at)]
    refused = 0

    for at in places:
        try:
            assert _read(tmp_path, content[:at] + forged + content[at + 2 :]).equals(table)
        except InvalidData as refusal:
            refused += refusal.code == "corrupt-parquet"
    with pytest.raises(InvalidData, match="damaged"):
        _read(tmp_path, content[:-600] + content[-600:].replace(true, forged))

    assert refused >= 2  # the rows of the file and of the row group


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pa.table({"a": [[1]]}), "nested-column"),
        (pa.table({"a": [{"b": 1}]}), "nested-column"),
        (pa.table({"a": [{"bytes": b"x", "path": "x", "b": 1}]}), "nested-column"),
        (pa.table({"a": [{"bytes": None, "path": "x.png"}]}), "images-elsewhere"),
        (pa.table({"a": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64()))}), "nested-column"),
        (pa.table({"a": [b"\xff"]}), "binary-column"),
        (pa.table({"a": pa.array([], pa.int64())}), "no-rows"),
        (pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), "duplicate-column"),
        (pa.Table.from_arrays([pa.array([1])], names=[" "]), "empty-column-name"),
        (pa.table({"a": [1], "b": [1], "c": [1], "d": [1]}), "too-many-columns"),
        (pa.table({"a": pa.array([b"\xff\xfe"]).view(pa.string())}), "not-utf8"),
    ],
)
def test_what_is_no_flat_table(tmp_path: Path, table: pa.Table, code: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        _read(tmp_path, _bytes(table), max_columns=3)

    assert refusal.value.code == code


def test_images_with_paths_are_read_in_order_beside_other_columns(tmp_path: Path) -> None:
    widths = [1 + row % 50 for row in range(150)]
    images = [{"bytes": file_of(Image.new("RGB", (width, 1))), "path": f"{width}.png"} for width in widths]
    images[70]["bytes"] = images[140]["bytes"] = None
    source = tmp_path / "data"
    source.write_bytes(_bytes(pa.table({"a": range(150), "image": images, "b": widths}), row_group_size=100))

    table, (finding,) = read_with_findings(source, PARQUET)

    assert table.column_names == ["a", "image", "b"]
    assert table["a"].to_pylist() == list(range(150))
    found = [image and origin(image).width for image in table["image"].to_pylist()]
    assert found == [None if row in (70, 140) else width for row, width in enumerate(widths)]
    assert (finding.code, finding.column) == ("images-elsewhere", "image")
    assert "in 2 rows" in finding.detail


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"PK\x03\x04", b"ARROW1\0\0", b"\x80\x05."])
def test_other_formats_are_unsupported(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        _read(tmp_path, content)


class _KeepsNoSecrets(pe.KmsClient):  # type: ignore[misc]
    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
        return key_bytes

    def unwrap_key(self, wrapped_key: bytes, master_key_identifier: str) -> bytes:
        return wrapped_key


@pytest.mark.parametrize("plaintext_footer", [True, False])
def test_an_encrypted_file_is_told_as_such(tmp_path: Path, *, plaintext_footer: bool) -> None:
    config = pe.EncryptionConfiguration(
        footer_key="footer", column_keys={"key": ["a"]}, plaintext_footer=plaintext_footer, double_wrapping=False
    )
    factory = pe.CryptoFactory(lambda _: _KeepsNoSecrets())
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), config)

    with pytest.raises(InvalidData) as refusal:
        _read(tmp_path, _bytes(pa.table({"a": [1, 2, 3]}), encryption_properties=properties))

    assert refusal.value.code == "encrypted-parquet"


def test_a_hundred_million_rows_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    part = pa.table({"a": pa.DictionaryArray.from_arrays(pa.nulls(10_000_000, pa.int8()).fill_null(0), ["same"])})
    target = io.BytesIO()
    with pq.ParquetWriter(target, part.schema) as writer:
        for _ in range(10):
            writer.write_table(part, row_group_size=10_000_000)
    content = target.getvalue()
    used = pa.total_allocated_bytes()

    with pytest.raises(TooLarge, match="100,000,000 rows"):
        _read(tmp_path, content)

    assert len(content) < 1_000_000
    assert pa.total_allocated_bytes() - used < 1_000_000
