import io
import zipfile

import pytest

from automl import archive
from automl.archive import MAX_FILES, dump_json, load_json, read_archive, write_archive
from automl.errors import InvalidBundle

FILES = {"manifest.json": b"{}", "encoders.json": b"[]", "model-0-0.txt": b"tree\n" * 1000}


def _zip(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as written:
        for name, data in entries:
            written.writestr(name, data)
        written.comment = comment
    return buffer.getvalue()


def test_files_come_back() -> None:
    assert read_archive(write_archive(FILES)) == FILES


def test_order_does_not_change_the_bytes() -> None:
    assert write_archive(dict(reversed(FILES.items()))) == write_archive(FILES)


@pytest.mark.parametrize(
    "name",
    [
        "../manifest.json",
        "/etc/passwd",
        "C:\\manifest.json",
        "sub/model-0-0.txt",
        "model-00-0.txt",
        "model-0-1000.txt",
        "model-0.txt",
        "extension-0-0.json",
        "golden.txt",
        "model.pkl",
        "MANIFEST.JSON",
        "manifest.json\n",
        " ",
    ],
)
def test_names_that_no_bundle_has_are_refused(name: str) -> None:
    with pytest.raises(InvalidBundle, match="no bundle has"):
        read_archive(_zip([("manifest.json", b"{}"), (name, b"")]))


def test_a_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = _zip([("manifest.json", b"{}"), ("manifest.json", b"[]")])
    with pytest.raises(InvalidBundle, match="twice"):
        read_archive(data)


def test_too_many_files_are_refused() -> None:
    with pytest.raises(InvalidBundle, match="more than"):
        read_archive(_zip([(f"model-0-{i}.txt", b"") for i in range(MAX_FILES + 1)]))


def test_a_bomb_is_refused_before_it_is_decompressed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _zip([("manifest.json", b"{}"), ("model-0-0.txt", bytes(50_000_000)), ("model-0-1.txt", bytes(50_000_000))])
    monkeypatch.setattr(archive, "MAX_BYTES", 99_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("was decompressed"))
    with pytest.raises(InvalidBundle, match="unpacks to more"):
        read_archive(data)


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = _zip([("model-0-0.txt", bytes(10_000_000))])
    honest, lie = (10_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert data.count(honest) == 2
    with pytest.raises(InvalidBundle, match="damaged"):
        read_archive(data.replace(honest, lie))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method: int) -> None:
    with pytest.raises(InvalidBundle, match="packed in a way"):
        read_archive(_zip([("manifest.json", b"{}")], method))


def test_an_encrypted_file_is_refused() -> None:
    data = bytearray(write_archive({"manifest.json": b"{}"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InvalidBundle, match="encrypted"):
        read_archive(bytes(data))


@pytest.mark.parametrize(
    "data", [b"", b"not a zip", b"\x80\x04pickle." * 9, _zip([("manifest.json", b"{}")], comment=b"hello")]
)
def test_what_is_not_a_plain_zip_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidBundle) as refused:
        read_archive(data)
    assert refused.value.code == "invalid-bundle"


def test_a_zip64_directory_is_refused() -> None:
    data = write_archive(FILES)
    locator = b"PK\x06\x07" + bytes(16)
    with pytest.raises(InvalidBundle, match="plain zip"):
        read_archive(data[:-22] + locator + data[-22:])


def test_json_comes_back_exactly() -> None:
    value = {"b": [0.1, -0.0, 5e-324, None, True], "a": "\ud800 ż"}
    assert load_json(dump_json(value), "x.json") == value


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b"[" * 100_000,
        b"\xff",
        b"",
        b"01",
    ],
)
def test_json_spelt_otherwise_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidBundle, match=r"x\.json"):
        load_json(data, "x.json")
