"""Every setting of the service, read once from `WINNOW_*` variables or given by the command line."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ByteSize, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LogLevel = Literal["debug", "info", "warning", "error"]
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Settings(BaseSettings):
    """All that an operator can choose; each field `name` is `WINNOW_NAME` and `--name`.

    Sizes take units (`512MiB`), lists take commas.
    """

    model_config = SettingsConfigDict(env_prefix="WINNOW_", env_ignore_empty=True, frozen=True, extra="forbid")

    data: Path = Field(
        Path("~/.winnow"), description="Directory of the service's own files: database, keys, local store, work in hand"
    )
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one")
    store: str | None = Field(
        None,
        description="Where datasets and models live: a directory or `s3://bucket/prefix`; `store` in `data` if unset",
    )
    s3_endpoint: str | None = Field(
        None, description="Endpoint of an S3 store that is not Amazon's; the standard `AWS_ENDPOINT_URL` if unset"
    )
    database_url: SecretStr | None = Field(
        None, description="`sqlite:///file` or `postgresql://user:password@host/name`; SQLite in `data` if unset"
    )
    secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Keys are hashed under it; made once in `data` if unset, shared by all hosts if set",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="`Host` names that are answered besides loopback and `host`; `*` answers all"
    )
    api_processes: int = Field(2, ge=1, le=64, description="Processes that answer HTTP")
    api_threads: int = Field(8, ge=2, le=256, description="Threads in each of them")
    workers: int = Field(
        1, ge=0, le=64, description="Processes that train, one run at a time each; 0 only answers HTTP"
    )
    max_upload_bytes: ByteSize = Field(
        ByteSize(1 << 30), gt=0, description="Largest dataset upload, counted after gzip"
    )
    max_json_bytes: ByteSize = Field(ByteSize(8 << 20), gt=0, description="Largest JSON body")
    max_predict_rows: int = Field(10_000, ge=1, description="Most rows in one prediction request")
    max_queued_runs: int = Field(100, ge=1, description="Most runs that a project may have waiting")
    max_streams: int = Field(4, ge=0, description="Most event streams open at once in each HTTP process")
    decoder_memory_bytes: ByteSize = Field(
        ByteSize(4 << 30), ge=256 << 20, description="Memory that reading one upload may take, in a process of its own"
    )
    memory_mb: int | None = Field(
        None,
        ge=256,
        description="MB that a run may take in its worker; 80 % of the machine's, shared by the workers, if unset",
    )
    dask_url: str | None = Field(
        None,
        pattern=r"^(tcp|tls)://.",
        description="Scheduler of a Dask cluster that makes the trials, such as `tcp://host:8786`; workers do if unset",
    )
    translation: str = Field(
        "apertium",
        pattern=r"^(apertium|ctranslate2:.+|https?://.+)$",
        description="What back-translation goes by: `apertium`, `ctranslate2:DIRECTORY` with models in it, or the URL "
        "of a LibreTranslate",
    )
    translation_key: SecretStr | None = Field(
        None, description="The key that this LibreTranslate wants, if it wants one"
    )
    lease_s: float = Field(15.0, ge=1, le=3600, description="Seconds without a sign of life until a run is taken over")
    poll_s: float = Field(
        0.5, gt=0, le=60, description="Seconds between two looks for news: queued runs, events to stream"
    )
    log_level: LogLevel = Field("info", description="Least severity that is logged")

    @field_validator("data")
    @classmethod
    def _expand_home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    def store_location(self) -> str | Path:
        """The object store's directory or URL."""
        return self.store or self.data / "store"

    def database_location(self) -> str:
        """The database's URL, with its password."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data / 'winnow.db'}"

    def hosts(self) -> frozenset[str]:
        """`Host` names, without port and in lower case, that the HTTP service answers."""
        return frozenset(name.lower() for name in (*LOOPBACK, self.host, *self.allowed_hosts))

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for a process of the service that this one starts. Holds the secrets."""
        return {f"WINNOW_{name.upper()}": _as_text(value) for name, value in self if value not in (None, ())}


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(value) if isinstance(value, tuple) else str(value)
