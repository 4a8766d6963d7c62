"""Archives of images: read in memory, or refused with the entry's name."""

import contextlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from automl.errors import InvalidData, TooLarge, UnsupportedFormat
from automl.ingest import Limits, read_table, read_with_findings
from automl.tables.images import normal_image, origin
from tests.pictures import file_of, shapes, shapes_zip, zip_of

ZIP = "application/zip"
(_, GOOD), (_, OTHER) = shapes(2, kinds=["PNG"])


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., dict[str, list[object]]]:
    def read_bytes(data: bytes, **limits: int) -> dict[str, list[object]]:
        source = tmp_path / "upload"
        source.write_bytes(data)
        found: dict[str, list[object]] = read_table(source, ZIP, Limits(**limits)).to_pydict()
        assert [path.name for path in tmp_path.iterdir()] == ["upload"]
        return found

    return read_bytes


def _entry(name: str, data: bytes = GOOD, **fields: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a/good.png", GOOD)
        entry = zipfile.ZipInfo(name)
        for field, value in fields.items():
            setattr(entry, field, value)
        archive.writestr(entry, data)
    return target.getvalue()


def _encrypted() -> bytes:
    data = bytearray(zip_of({"a/x.png": GOOD}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _lying() -> bytes:
    """Says that a file has 10 bytes."""
    data = bytearray(zip_of({"a/x.png": GOOD}))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 10)
    return bytes(data)


def test_a_folder_is_a_class_and_litter_is_passed_over(read: Callable[..., dict[str, list[object]]]) -> None:
    litter = {"set/": b"", "__MACOSX/set/._2.png": b"junk", "set/b/.DS_Store": b"", "set/a/Thumbs.db": b"x"}
    files = {"set/b/2.png": GOOD, "set/a/9.PNG": OTHER, "set\\b\\1.gif": GOOD, "lone.png": GOOD}
    good, other = normal_image(GOOD), normal_image(OTHER)
    found = read(zip_of(files | litter))
    assert found == {"image": [good, good, other, good], "class": ["b", None, "a", "b"]}


def test_other_files_are_passed_over_and_named(tmp_path: Path) -> None:
    source = tmp_path / "upload"
    others = {"README": b"# x", "labels.csv": b"a,b", "a/more.zip": shapes_zip(2), ".hidden": b"", "__MACOSX/x": b""}
    source.write_bytes(zip_of({"a/1.png": GOOD, "b/2.png": OTHER} | others))
    table, (finding,) = read_with_findings(source, ZIP)
    assert table.to_pydict() == {"image": [normal_image(GOOD), normal_image(OTHER)], "class": ["a", "b"]}
    assert (finding.code, finding.column) == ("passed-over-files", "image")
    assert "passed over: 'README', 'a/more.zip', 'labels.csv'. " in finding.detail


def test_of_many_files_that_are_passed_over_some_are_named(tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(zip_of({"a/1.png": GOOD} | {f"{'x' * 300}{n:02}.txt": b"" for n in range(20)}))
    _, (finding,) = read_with_findings(source, ZIP)
    assert "and 15 more" in finding.detail
    assert len(finding.detail) < 800


def test_an_archive_of_images_alone_has_no_findings(tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(shapes_zip(4))
    assert read_with_findings(source, ZIP)[1] == []


def test_folders_are_spread_and_names_are_the_order_within(read: Callable[..., dict[str, list[object]]]) -> None:
    names = {f"{folder}/{number}.png": number for folder, count in (("a", 2), ("b", 6)) for number in range(count)}
    found = read(zip_of({name: file_of(Image.new("RGB", (number + 1, 1))) for name, number in names.items()}))
    widths = [origin(image).width - 1 for image in found["image"] if isinstance(image, bytes)]
    assert list(zip(found["class"], widths, strict=True)) == [
        ("b", 0), ("a", 0), ("b", 1), ("b", 2), ("b", 3), ("a", 1), ("b", 4), ("b", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "name"),
    [
        (zip_of({"a/x.png": GOOD, "a/bad.png": GOOD[:90]}), "broken-image", "a/bad.png"),
        (zip_of({"a/x.png": GOOD, "a/text.JPG": b"hello"}), "broken-image", "a/text.JPG"),
        (zip_of({"a/x.png": GOOD, "a/y.bmp": file_of(Image.new("L", (2, 2)), "BMP")}), "broken-image", "a/y.bmp"),
        (_entry("../x.png"), "unsafe-zip", "../x.png"),
        (_entry("../notes.txt"), "unsafe-zip", "../notes.txt"),
        (_entry("a\\..\\..\\x.png"), "unsafe-zip", "x.png"),
        (_entry("/etc/x.png"), "unsafe-zip", "/etc/x.png"),
        (_entry("C:/x.png"), "unsafe-zip", "C:/x.png"),
        (_entry("a/link.png", b"/etc/passwd", external_attr=0o120777 << 16), "unsafe-zip", "a/link.png"),
        (_entry("a/x.png", compress_type=zipfile.ZIP_BZIP2), "unsafe-zip", "a/x.png"),
        (_encrypted(), "unsafe-zip", "a/x.png"),
        (_lying(), "corrupt-zip", "a/x.png"),
        (shapes_zip(4)[:-30], "corrupt-zip", "zip"),
        (zip_of({}), "no-rows", "rows"),
    ],
    ids=[
        "broken",
        "text",
        "bitmap",
        "dots",
        "dots of another file",
        "backslashes",
        "absolute",
        "drive",
        "link",
        "bzip2",
        "encrypted",
        "lying",
        "cut short",
        "empty",
    ],
)
def test_what_is_refused(read: Callable[..., object], data: bytes, code: str, name: str) -> None:
    with pytest.raises(InvalidData) as refusal:
        read(data)
    assert refusal.value.code == code
    assert name in refusal.value.detail


def test_a_name_twice(read: Callable[..., object]) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = _entry("a/good.png", OTHER)
    with pytest.raises(InvalidData, match="twice"):
        read(data)


def test_each_broken_image_is_named(read: Callable[..., object]) -> None:
    with pytest.raises(InvalidData) as refusal:
        read(zip_of({f"a/{n:02}.png": GOOD if n % 2 else b"x" for n in range(60)}))
    assert len(refusal.value.faults) == 20
    assert [(fault.row, fault.column) for fault in refusal.value.faults[:2]] == [(0, "image"), (2, "image")]
    assert "a/02.png" in refusal.value.faults[1].detail


def test_too_much_of_anything(read: Callable[..., object]) -> None:
    bomb = zip_of({f"a/{n}.png": b"\0" * 1_000_000 for n in range(20)})
    for limits in ({"max_images": 19}, {"max_rows": 19}, {"max_bytes": 19_000_000}):
        with pytest.raises(TooLarge):
            read(bomb, **limits)
    assert len(bomb) < 40_000
    hidden = zip_of({"a/x.png": GOOD} | {f"a/{n}.txt": b"\0" * 1_000_000 for n in range(20)})
    for limits in ({"max_images": 20}, {"max_bytes": 20_000_000}):
        with pytest.raises(TooLarge):
            read(hidden, **limits)
    with pytest.raises(TooLarge, match=r"a/large\.png"):
        read(zip_of({"a/large.png": b"\0" * (33 << 20)}))
    assert len(read(zip_of({"a/x.png": GOOD, "large.txt": b"\0" * (33 << 20)}))["image"]) == 1


def test_an_archive_of_other_things(read: Callable[..., object]) -> None:
    with pytest.raises(UnsupportedFormat, match="no images"):
        read(zip_of({"table.csv": b"a,b\n1,2\n"}))


def test_a_file_without_a_name(tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(zip_of({"a.png": GOOD}).replace(b"a.png", b"\0.png"))
    with pytest.raises(InvalidData, match="has no name"):
        read_table(source, ZIP)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_a_changed_byte_gives_a_table_or_a_reason(tmp_path: Path, at: int, byte: int) -> None:
    data = bytearray(zip_of({"a/x.png": GOOD, "b/y.png": OTHER}))
    # Mostly where the archive tells of itself.
    data[-1 - at % 240 if at % 3 else at % len(data)] = byte
    source = tmp_path / "upload"
    source.write_bytes(data)
    with contextlib.suppress(InvalidData):
        assert read_table(source, ZIP).column_names == ["image", "class"]
