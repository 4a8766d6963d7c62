"""Every bad input that we know of, with the status and the slug that it is answered by."""

import gzip
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from tests.servers.api import CSV, Api, Trained, open_api, rows_csv
from tests.servers.contract import ContractClient

PARQUET = "application/vnd.apache.parquet"
NDJSON = "application/x-ndjson"
GOOD = rows_csv(60)


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def xlsx() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return sink.getvalue()


def arrow() -> bytes:
    sink = io.BytesIO()
    feather.write_feather(pa.table({"a": [1, 2]}), sink)
    return sink.getvalue()


def bomb() -> bytes:
    return gzip.compress(b"a,b\n" + b"1,2\n" * (8 << 20), 9)


def many_constant_rows() -> bytes:
    """100 M rows in little: each row group is one run."""
    sink = io.BytesIO()
    batch = pa.table({"a": pa.array([7] * 1_000_000, pa.int64())})
    with pq.ParquetWriter(sink, batch.schema, compression="zstd") as writer:
        for _ in range(100):
            writer.write_table(batch, row_group_size=1_000_000)
    return sink.getvalue()


def forged() -> bytes:
    """A footer that tells of ten times as many rows."""
    body = parquet(pa.table({"a": list(range(1000))}), compression="none")
    return body.replace(b"\xd0\x0f", b"\xa0\x9c")  # zigzag varint 1000, then 10000


def encrypted() -> bytes:
    body = bytearray(parquet(pa.table({"a": [1, 2]})))
    body[:4] = body[-4:] = b"PARE"
    return bytes(body)


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> ContractClient:
    api = open_api(tmp_path_factory.mktemp("bad") / "data", max_upload_bytes=16 << 20)
    return api.client("read", "train", "admin")


BODIES: list[tuple[str, str, Callable[[], bytes], int, str]] = [
    ("empty", CSV, lambda: b"", 422, "empty-dataset"),
    ("header only", CSV, lambda: b"a,b\n", 422, "no-rows"),
    ("too large", CSV, lambda: b"a,b\n" + b"1,2\n" * (5 << 20), 413, "too-large"),
    ("unknown type", "application/vnd.ms-excel", lambda: GOOD, 415, "unsupported-media-type"),
    ("no type", "", lambda: GOOD, 415, "unsupported-media-type"),
    ("another charset", "text/csv; charset=latin-1", lambda: GOOD, 415, "unsupported-media-type"),
    ("pickle as CSV", CSV, lambda: pickle.dumps({"a": [1] * 10}), 415, "unsupported-media-type"),
    ("xlsx as CSV", CSV, xlsx, 415, "unsupported-media-type"),
    ("feather as CSV", CSV, arrow, 415, "unsupported-media-type"),
    ("feather as Parquet", PARQUET, arrow, 415, "unsupported-media-type"),
    ("pickle as Parquet", PARQUET, lambda: pickle.dumps({"a": [1]}), 415, "unsupported-media-type"),
    ("gzip as CSV", CSV, lambda: gzip.compress(GOOD), 415, "unsupported-media-type"),
    ("UTF-16", CSV, lambda: GOOD.decode().encode("utf-16"), 422, "not-utf8"),
    ("a Latin-1 byte", CSV, lambda: b"a,b\n1,caf\xe9\n", 422, "not-utf8"),
    ("NULs", CSV, lambda: b"a,b\n1,\x00\x00\n", 422, "nul-byte"),
    ("HTML", CSV, lambda: b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", 422, "not-csv"),
    ("JSON as CSV", CSV, lambda: b'{"rows": [{"a": 1}]}', 422, "not-csv"),
    ("a row too long", CSV, lambda: b"a,b\n1,2\n1,2,3\n", 422, "ragged-row"),
    ("a row too short", CSV, lambda: b"a,b\n1,2\n1\n", 422, "ragged-row"),
    ("an unclosed quote", CSV, lambda: b'a,b\n1,"2\n3,4\n', 422, "unclosed-quote"),
    ("a duplicate header", CSV, lambda: b"a,a\n1,2\n", 422, "duplicate-column"),
    ("an empty header", CSV, lambda: b"a,\n1,2\n", 422, "empty-column-name"),
    ("20,000 columns", CSV, lambda: b",".join(b"c%d" % i for i in range(20_000)) + b"\n", 422, "too-many-columns"),
    ("NDJSON that is none", NDJSON, lambda: b"a,b\n1,2\n", 422, "not-ndjson"),
    ("NDJSON with a key twice", NDJSON, lambda: b'{"a": 1, "a": 2}\n', 422, "duplicate-key"),
    ("nested NDJSON", NDJSON, lambda: b'{"a": {"b": 1}}\n', 422, "nested-value"),
    ("truncated Parquet", PARQUET, lambda: parquet(pa.table({"a": list(range(500))}))[:-40], 422, "corrupt-parquet"),
    ("forged counts", PARQUET, forged, 422, "corrupt-parquet"),
    ("nested Parquet", PARQUET, lambda: parquet(pa.table({"a": [[1], [2]]})), 422, "nested-column"),
    ("binary Parquet", PARQUET, lambda: parquet(pa.table({"a": [b"\xff", b"\x00"]})), 422, "binary-column"),
    ("encrypted Parquet", PARQUET, encrypted, 422, "encrypted-parquet"),
    ("100 M constant rows", PARQUET, many_constant_rows, 413, "too-large"),
]


@pytest.mark.parametrize(
    ("media_type", "body", "status", "slug"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
def test_bodies(uploads: ContractClient, media_type: str, body: Callable[[], bytes], status: int, slug: str) -> None:
    answer = uploads.post("/v1/datasets", data=body(), content_type=media_type)
    refused(answer, status, slug)
    assert uploads.get("/v1/datasets").json["items"] == []


@pytest.mark.parametrize(
    ("body", "encoding", "status", "slug"),
    [
        (bomb(), "gzip", 413, "too-large"),
        (gzip.compress(GOOD)[:-20], "gzip", 422, "truncated-gzip"),
        (GOOD, "gzip", 422, "corrupt-gzip"),
        (GOOD, "br", 415, "unsupported-encoding"),
        (GOOD, "gzip, gzip", 415, "unsupported-encoding"),
        (GOOD, "", 415, "unsupported-encoding"),
    ],
    ids=["bomb", "truncated", "plain", "brotli", "twice", "nothing"],
)
def test_encodings(uploads: ContractClient, body: bytes, encoding: str, status: int, slug: str) -> None:
    answer = uploads.post("/v1/datasets", data=body, content_type=CSV, headers={"Content-Encoding": encoding})
    refused(answer, status, slug)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"a,b\n1,2\n1,2,3\n", {"line": 3}),
        (b"a,b\n1,2\n1,caf\xe9\n", {"line": 3}),
        (b"a,b\n1,2\n\n1,\x00\n", {"line": 4}),
    ],
)
def test_the_place_is_told(uploads: ContractClient, body: bytes, place: dict[str, int]) -> None:
    fault = uploads.post("/v1/datasets", data=body, content_type=CSV).json["errors"][0]
    assert place.items() <= fault.items()


@pytest.mark.parametrize(
    "header",
    [
        b'"a ""b"""',
        b"{a}",
        b'"a\nb"',
        b"<script>alert(1)</script>",
        "ünïcode 😀".encode(),
        b"../../etc/passwd",
        b"=1+1",
    ],
)
def test_odd_headers_are_only_names(api: Api, header: bytes) -> None:
    client = api.client("read", "train")
    answer = client.post("/v1/datasets", data=header + b",y\n" + b"1,2\n" * 30, content_type=CSV)
    assert answer.status_code == 201
    assert len(answer.json["columns"]) == 2


@pytest.mark.parametrize("values", [["1", "x", "2"], [str(2**53 + 1), str(2**60), "7"]], ids=["mixed", "wide ids"])
def test_odd_columns_are_findings(api: Api, values: list[str]) -> None:
    body = "id,y\n" + "".join(f"{values[i % 3]}{i if len(values[0]) > 3 else ''},{i % 2}\n" for i in range(90))
    answer = api.client("train").post("/v1/datasets", data=body.encode(), content_type=CSV)
    assert answer.status_code == 201
    assert "id" in [finding["column"] for finding in answer.json["findings"]]


VALUES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("unknown target", "y", {"target": "z"}, "unknown-target", "/target"),
    ("null target", "hole", {"target": "hole"}, "null-target", "/target"),
    ("one class", "same", {"target": "same"}, "one-class", "/target"),
    ("a rare class", "rare", {"target": "rare"}, "rare-class", "/target"),
    ("an infinite target", "inf", {"target": "inf"}, "infinite-target", "/target"),
    ("an unknown class", "y", {"positive": "maybe"}, "unknown-class", "/positive"),
    ("a metric of another task", "y", {"metric": "rmse"}, "metric-not-for-task", "/metric"),
    ("a split by no column", "y", {"split": {"kind": "group", "column": "z"}}, "unknown-column", "/split/column"),
    ("a split by too little", "y", {"split": {"kind": "group", "column": "y"}}, "unusable-split", "/split/column"),
    ("a gap at random", "y", {"split": {"gap": 5}}, "unusable-split", "/split/gap"),
    ("weights that are words", "y", {"weights": "y"}, "unusable-weights", "/weights"),
    ("an unknown column ignored", "y", {"ignore": ["z"]}, "unknown-column", "/ignore/0"),
    ("the target ignored", "y", {"ignore": ["x", "y"]}, "unusable-constraint", "/ignore/1"),
    ("all ignored", "y", {"ignore": ["x"]}, "no-features", "/ignore"),
    (
        "ignored and constrained",
        "hole",
        {"target": "x", "ignore": ["hole"], "constraints": {"interactions": [["hole"]]}},
        "unusable-constraint",
        "/constraints/interactions/0/0",
    ),
    (
        "a monotone category",
        "y",
        {"target": "x", "task": "regression", "constraints": {"monotone": {"y": 1}}},
        "unusable-constraint",
        "/constraints/monotone/y",
    ),
    (
        "monotone for many classes",
        "y",
        {"target": "x", "task": "multiclass", "constraints": {"monotone": {"y": -1}}},
        "unusable-constraint",
        "/constraints/monotone/y",
    ),
    (
        "an unknown column that may meet",
        "y",
        {"constraints": {"interactions": [["x", "z"]]}},
        "unknown-column",
        "/constraints/interactions/0/1",
    ),
    (
        "a param that LightGBM has and we do not",
        "y",
        {"constraints": {"params": {"forcedsplits_filename": "/etc/passwd"}}},
        "invalid-param",
        "/constraints/params/forcedsplits_filename",
    ),
    (
        "a param outside its range",
        "y",
        {"constraints": {"params": {"num_leaves": 1 << 70}}},
        "invalid-param",
        "/constraints/params/num_leaves",
    ),
    (
        "a param that is no number",
        "y",
        {"constraints": {"params": {"learning_rate": [[True]]}}},
        "invalid-param",
        "/constraints/params/learning_rate",
    ),
    (
        "a range the wrong way round",
        "y",
        {"constraints": {"ranges": {"num_leaves": [64, 8]}}},
        "invalid-range",
        "/constraints/ranges/num_leaves",
    ),
    (
        "a range of nothing",
        "y",
        {"constraints": {"ranges": {"num_leaves": []}}},
        "invalid-range",
        "/constraints/ranges/num_leaves",
    ),
    (
        "a range of a fixed param",
        "y",
        {"constraints": {"params": {"num_leaves": 9}, "ranges": {"num_leaves": [8, 64]}}},
        "invalid-range",
        "/constraints/ranges/num_leaves",
    ),
    (
        "a param of no family",
        "y",
        {"constraints": {"params": {"learning_rate": 0.1}, "families": ["linear"]}},
        "invalid-param",
        "/constraints/params/learning_rate",
    ),
    (
        "a log link of classes",
        "y",
        {"constraints": {"params": {"link": "log"}}},
        "unusable-constraint",
        "/constraints/params/link",
    ),
    (
        "a forest of all rows",
        "y",
        {"constraints": {"params": {"bagging_fraction": 1}, "families": ["forest"]}},
        "unusable-constraint",
        "/constraints/families",
    ),
    ("a task of another target", "y", {"task": "regression"}, "task-not-for-target", "/task"),
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[ContractClient, str]]:
    client = open_api(tmp_path_factory.mktemp("values") / "data").client("read", "train", "admin")
    cells = {
        "y": lambda i: "ab"[i % 2],
        "hole": lambda i: "" if i == 3 else "ab"[i % 2],
        "same": lambda _: "a",
        "rare": lambda i: "c" if i == 5 else "ab"[i % 2],
        "inf": lambda i: "inf" if i == 9 else f"{i}.5",
    }

    def upload(name: str) -> tuple[ContractClient, str]:
        body = f"x,{name}\n" + "".join(f"{i % 11},{cells[name](i)}\n" for i in range(80))
        return client, client.post("/v1/datasets", data=body.encode(), content_type=CSV).json["id"]

    return upload


@pytest.mark.parametrize(
    ("table", "more", "slug", "pointer"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES]
)
def test_values(
    tables: Callable[[str], tuple[ContractClient, str]], table: str, more: dict[str, Any], slug: str, pointer: str
) -> None:
    client, dataset = tables(table)
    answer = client.post("/v1/runs", json={"dataset": dataset, "target": "y", **more})
    refused(answer, 422, slug)
    assert [fault.get("pointer") for fault in answer.json["errors"]] == [pointer]
    assert client.get("/v1/runs").json["items"] == []


def test_an_infinite_feature_is_refused_before_anything_is_queued(api: Api) -> None:
    client = api.client("train")
    body = b"x,y\n" + b"".join(b"%s,%d\n" % (b"inf" if i == 7 else b"%d.5" % i, i % 2) for i in range(80))
    dataset = client.post("/v1/datasets", data=body, content_type=CSV).json["id"]
    refused(client.post("/v1/runs", json={"dataset": dataset, "target": "y"}), 422, "infinite-value")


REQUESTS: list[tuple[bytes, int, str, str | None]] = [
    (b"", 400, "malformed-json", None),
    (b"not json", 400, "malformed-json", None),
    (b"[" * 100_000, 400, "malformed-json", None),
    (b'{"dataset": "a", "dataset": "b", "target": "y"}', 400, "malformed-json", None),
    (b'{"dataset": "a", "target": "y", "seed": NaN}', 400, "malformed-json", None),
    (b'{"dataset": "a", "target": "y", "seed": 1e999}', 400, "malformed-json", None),
    (b'{"dataset": "a", "target": "\\ud800"}', 400, "malformed-json", None),
    (b'["dataset"]', 400, "malformed-json", None),
    (b"{}", 422, "invalid-request", "/dataset"),
    (b'{"dataset": "a", "target": "y", "learning_rate": -1}', 422, "invalid-request", "/learning_rate"),
    (b'{"dataset": "a", "target": 3}', 422, "invalid-request", "/target"),
    (
        b'{"dataset": "a", "target": "y", "budget": {"max_trials": 1000000000}}',
        422,
        "invalid-request",
        "/budget/max_trials",
    ),
    (b'{"dataset": "a", "target": "y", "budget": {"max_trials": true}}', 422, "invalid-request", "/budget/max_trials"),
    (b'{"dataset": "a", "target": "y", "budget": {"timeout_s": "60"}}', 422, "invalid-request", "/budget/timeout_s"),
    (b'{"dataset": "a", "target": "y", "budget": {"timeout_s": 86401}}', 422, "invalid-request", "/budget/timeout_s"),
    (b'{"dataset": "a", "target": "y", "split": {"folds": 1}}', 422, "invalid-request", "/split/folds"),
    (b'{"dataset": "a", "target": "y", "split": {"holdout": 0}}', 422, "invalid-request", "/split/holdout"),
    (b'{"dataset": "a", "target": "y", "split": {"kind": "clever"}}', 422, "invalid-request", "/split/kind"),
    (b'{"dataset": "a", "target": "y", "split": {"gap": -1}}', 422, "invalid-request", "/split/gap"),
    (b'{"dataset": "a", "target": "y", "split": {"repeats": 6}}', 422, "invalid-request", "/split/repeats"),
    (b'{"dataset": "a", "target": "y", "search": {"algorithm": "magic"}}', 422, "invalid-request", "/search/algorithm"),
    (b'{"dataset": "a", "target": "y", "seed": -1}', 422, "invalid-request", "/seed"),
    *(
        (b'{"dataset": "a", "target": "y", "constraints": %s}' % held, 422, "invalid-request", f"/constraints{place}")
        for held, place in [
            (b'{"monotone": {"x": true}}', "/monotone/x"),
            (b'{"monotone": {"x": 1.0}}', "/monotone/x"),
            (b'{"monotone": {"x": 2}}', "/monotone/x"),
            (b'{"monotone": {"x": "1"}}', "/monotone/x"),
            (b'{"monotone": {"x": null}}', "/monotone/x"),
            (b'{"monotone": ["x"]}', "/monotone"),
            (b'{"interactions": ["x"]}', "/interactions/0"),
            (b'{"interactions": [[]]}', "/interactions/0"),
            (b'{"interactions": [["x", 1]]}', "/interactions/0/1"),
            (b'{"interactions": [["%s"]]}' % (b"x" * 10_001), "/interactions/0/0"),
            (b'{"families": []}', "/families"),
            (b'{"families": ["deep"]}', "/families/0"),
            (b'{"params": null}', "/params"),
            (b'{"params": {%s}}' % b",".join(b'"p%d": 1' % i for i in range(99)), "/params"),
            (b'{"ranges": {"num_leaves": 9}}', "/ranges/num_leaves"),
            (b'{"ignore": ["x"]}', "/ignore"),
        ]
    ),
    (b'{"dataset": "a", "target": "y", "ignore": "x"}', 422, "invalid-request", "/ignore"),
    (b'{"dataset": "a", "target": "y", "ignore": ["%s"]}' % (b"x" * 10_001), 422, "invalid-request", "/ignore/0"),
    (b'{"dataset": "a", "target": "y", "model": "../x"}', 422, "invalid-request", "/model"),
    (b'{"dataset": "a", "target": "y", "model": "' + b"m" * 10_000 + b'"}', 422, "invalid-request", "/model"),
    (b'{"dataset": "ds_none", "target": "y"}', 404, "not-found", None),
    (b'{"dataset": "../../secret", "target": "y"}', 404, "not-found", None),
]


@pytest.mark.parametrize(("body", "status", "slug", "pointer"), REQUESTS, ids=[str(i) for i in range(len(REQUESTS))])
def test_requests(trained: Trained, body: bytes, status: int, slug: str, pointer: str | None) -> None:
    answer = trained.api.client("train").post("/v1/runs", data=body, content_type="application/json")
    refused(answer, status, slug)
    if pointer:
        assert pointer in [fault["pointer"] for fault in answer.json["errors"]]


@pytest.mark.parametrize("name", ["n" * 201, "n" * 10_000, "a%00b", "a%0Ab", "%1B[31m", ""])
def test_names_of_datasets(uploads: ContractClient, name: str) -> None:
    answer = uploads.post(f"/v1/datasets?name={name}", data=GOOD, content_type=CSV)
    refused(answer, 422, "invalid-parameter")
    assert answer.json["errors"][0]["parameter"] == "name"


@pytest.mark.parametrize(
    ("method", "path", "status", "slug"),
    [
        ("PATCH", "/v1/runs", 405, "method-not-allowed"),
        ("TRACE", "/healthz", 405, "method-not-allowed"),
        ("GET", "/v1/nothing", 404, "no-such-route"),
        ("GET", "/v1/runs/", 404, "no-such-route"),
        ("GET", "/v1//runs", 404, "no-such-route"),
        ("GET", "/v1/runs?cursor=abc", 400, "invalid-cursor"),
        ("GET", "/v1/runs?cursor=%C3%A9", 400, "invalid-cursor"),
        ("GET", "/v1/runs?limit=0", 422, "invalid-parameter"),
        ("GET", "/v1/runs?limit=ten", 422, "invalid-parameter"),
        ("GET", "/v1/runs?limit=1&limit=2", 422, "invalid-parameter"),
        ("GET", "/v1/runs?state=happy", 422, "invalid-parameter"),
        ("GET", "/v1/runs?colour=red", 422, "invalid-parameter"),
        ("GET", "/healthz?verbose=1", 422, "invalid-parameter"),
        ("GET", "/v1/models/shapes/versions/0", 404, "not-found"),
        ("GET", "/v1/models/shapes/versions/999999999999", 404, "not-found"),
        ("GET", "/v1/models/shapes/versions/..", 404, "not-found"),
        ("GET", "/v1/models/SHAPES", 404, "not-found"),
        ("GET", "/v1/datasets/%2e%2e%5c", 404, "not-found"),
        ("GET", "/v1/runs/run_%00", 404, "not-found"),
    ],
)
def test_paths_and_queries(trained: Trained, method: str, path: str, status: int, slug: str) -> None:
    answer = trained.api.client("read", "train", "admin").open(path, method=method)
    refused(answer, status, slug)
    if status == 405:
        assert answer.headers["Allow"]


ROW = {"color": "red", "size": 1.5}

ROWS: list[tuple[str, Any, int, str, dict[str, Any] | None]] = [
    ("no rows", [], 422, "no-rows", None),
    ("a missing column", [ROW, {"color": "red"}], 422, "missing-column", {"row": 1, "column": "size"}),
    ("text in a number", [ROW, {**ROW, "size": "big"}], 422, "invalid-value", {"row": 1, "column": "size"}),
    ("infinity as text", [{**ROW, "size": "inf"}], 422, "infinite-value", {"row": 0, "column": "size"}),
    ("a whole number without a float", [{**ROW, "size": 10**309}], 422, "infinite-value", {"row": 0, "column": "size"}),
    ("a list", [{**ROW, "color": ["red"]}], 422, "invalid-value", {"row": 0, "column": "color"}),
    ("an object", [{**ROW, "size": {}}], 422, "invalid-value", {"row": 0, "column": "size"}),
    ("too many", [ROW] * 10_001, 413, "too-many-rows", None),
]


@pytest.mark.parametrize(
    ("rows", "status", "slug", "place"), [case[1:] for case in ROWS], ids=[case[0] for case in ROWS]
)
def test_rows(trained: Trained, rows: Any, status: int, slug: str, place: dict[str, Any] | None) -> None:
    answer = trained.api.client("read").post("/v1/models/shapes/versions/1/predict", json={"rows": rows})
    refused(answer, status, slug)
    if place:
        assert place.items() <= answer.json["errors"][0].items()


@pytest.mark.parametrize(
    ("media_type", "body", "status", "slug"),
    [
        (CSV, b"color\nred\n", 422, "missing-column"),
        (CSV, b"color,size\nred,big\n", 422, "invalid-value"),
        (CSV, b"color,size\nred,inf\n", 422, "infinite-value"),
        (CSV, b"color,size\n", 422, "no-rows"),
        (CSV, b"color,size\n" + b"red,1\n" * 10_001, 413, "too-many-rows"),
        (CSV, b"<html>", 422, "not-csv"),
        (PARQUET, b"PAR1 no PAR1", 422, "corrupt-parquet"),
        ("application/xml", b"<rows/>", 415, "unsupported-media-type"),
    ],
)
def test_tables_to_predict(trained: Trained, media_type: str, body: bytes, status: int, slug: str) -> None:
    path = "/v1/models/shapes/versions/champion/predict"
    refused(trained.api.client("read").post(path, data=body, content_type=media_type), status, slug)


def refused(answer: Any, status: int, slug: str) -> None:
    """The status, the slug, and a detail that says something; nothing of the inside."""
    problem = json.loads(answer.get_data())
    assert (answer.status_code, problem["type"]) == (status, f"/problems/{slug}"), problem
    assert problem["status"] == status
    assert len(problem["detail"]) > 10
    assert "Traceback" not in answer.get_data(as_text=True)
    assert problem["request_id"] == answer.headers["X-Request-Id"]
