import re
from pathlib import Path

import pytest
from pydantic import ByteSize, ValidationError
from pydantic.fields import FieldInfo

from service.settings import Settings

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def row(name: str, field: FieldInfo) -> tuple[str, str, str]:
    default = field.default
    if isinstance(default, ByteSize):
        default = default.human_readable().replace(".0", "")
    shown = "" if default in (None, ()) else f"`{default}`"
    return f"`WINNOW_{name.upper()}`", shown, field.description or ""


def test_docs_tell_every_setting_and_no_other() -> None:
    cells = [re.split(r" *\| *", line)[1:-1] for line in DOCS.read_text().splitlines() if line.startswith("| `WINNOW_")]
    documented = [(variable, default, meaning) for variable, _option, default, meaning in cells]
    assert documented == [row(name, field) for name, field in Settings.model_fields.items()]


def test_docs_options_are_named_as_their_variables() -> None:
    pairs = re.findall(r"^\| `WINNOW_(\w+)` *\| *`--([a-z0-9-]+)`", DOCS.read_text(), re.MULTILINE)
    assert pairs
    assert all(variable == option.upper().replace("-", "_") for variable, option in pairs)


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WINNOW_DATA", str(tmp_path))
    monkeypatch.setenv("WINNOW_PORT", "9000")
    monkeypatch.setenv("WINNOW_MAX_UPLOAD_BYTES", "5MiB")
    monkeypatch.setenv("WINNOW_ALLOWED_HOSTS", "a.example, B.example")
    monkeypatch.setenv("WINNOW_STORE", "")
    settings = Settings()
    assert (settings.data, settings.port, settings.max_upload_bytes) == (tmp_path, 9000, 5 << 20)
    assert settings.hosts() == {"localhost", "127.0.0.1", "[::1]", "a.example", "b.example"}
    assert settings.store_location() == tmp_path / "store"
    assert settings.database_location() == f"sqlite:///{tmp_path / 'winnow.db'}"


def test_home_is_expanded_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings().data == tmp_path / ".winnow"


@pytest.mark.parametrize(
    "wrong",
    [{"port": 70_000}, {"lease_s": 0}, {"workers": -1}, {"secret": "short"}, {"log_level": "loud"}, {"prot": 1}],
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


def test_nothing_can_be_changed_later() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


def test_secrets_stay_out_of_sight() -> None:
    settings = Settings(secret="0123456789abcdef", database_url="postgresql://a:hunter2@h/d")
    assert "hunter2" not in repr(settings) + str(settings)
    assert "0123456789abcdef" not in repr(settings)


def test_environment_makes_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, secret="0123456789abcdef", allowed_hosts=("a", "b"), lease_s=2.5, store="s3://bucket/prefix"
    )
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings
