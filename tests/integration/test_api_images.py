"""Images over HTTP: an archive or a Parquet column in, a model that answers images out."""

import io
from base64 import b64decode, b64encode
from collections.abc import Iterator

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

import automl
from automl.tables.images import normal_image
from tests.pictures import shapes, shapes_zip, zip_of
from tests.servers.api import CSV, Api, open_api
from tests.servers.contract import ContractClient

ZIP, PARQUET = "application/zip", "application/vnd.apache.parquet"
ROWS = 160
PATH = "/v1/models/shapes/versions/champion"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContractClient]:
    api = open_api(tmp_path_factory.mktemp("images") / "data")
    yield _trained(api)
    api.context.close()


def _trained(api: Api) -> ContractClient:
    client = api.client("read", "train", "admin")
    dataset = client.post("/v1/datasets?name=shapes", data=shapes_zip(ROWS), content_type=ZIP).json["id"]
    body = {
        "dataset": dataset,
        "target": "class",
        "model": "shapes",
        "augmentation": ["flip"],
        "ensemble": False,
        "constraints": {"families": ["boosted"]},
        "budget": {"timeout_s": 120, "max_trials": 2},
    }
    assert client.post("/v1/runs", json=body).status_code == 202
    assert api.work()
    return client


def parquet(**columns: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_a_dataset_of_images_is_described_and_shown(client: ContractClient) -> None:
    (dataset,) = client.get("/v1/datasets").json["items"]
    assert [(it["name"], it["type"], it["unique"]) for it in dataset["columns"]] == [
        ("image", "image", ROWS),
        ("class", "categorical", 2),
    ]
    assert dataset["findings"] == []
    profile = client.get(f"/v1/datasets/{dataset['id']}/profile").json["columns"][0]["statistics"]
    assert profile["formats"] == {"png": 40, "jpeg": 40, "webp": 40, "gif": 40}
    assert profile["width"] == {"min": 96, "mean": 96, "max": 96}
    preview = client.get(f"/v1/datasets/{dataset['id']}/preview?limit=3").json
    assert [row[1] for row in preview["rows"]] == ["disc", "stripes", "disc"]
    assert b64decode(preview["rows"][0][0]) == normal_image(shapes(ROWS)[0][1])


def test_the_model_tells_new_images_apart(client: ContractClient) -> None:
    known = shapes(60, seed=1)
    rows = [{"image": b64encode(data).decode()} for _, data in known]
    answer = client.post(f"{PATH}/predict", json={"rows": rows})
    right = [given == kind for given, (kind, _) in zip(answer.json["predictions"], known, strict=True)]
    assert answer.json["warnings"] == []
    assert sum(right) >= 48
    table = parquet(image=[data for _, data in known])
    by_parquet = client.post(
        f"{PATH}/predict", data=table, content_type=PARQUET, headers={"Accept": "application/json"}
    )
    assert by_parquet.json == answer.json
    by_zip = client.post(
        f"{PATH}/predict",
        data=zip_of({f"{n:02}.png": data for n, (_, data) in enumerate(known)}),
        content_type=ZIP,
        headers={"Accept": "application/json"},
    )
    assert by_zip.json["predictions"] == answer.json["predictions"]
    assert [it["column"] for it in by_zip.json["warnings"]] == ["class"]


def test_the_schema_says_what_a_row_holds_and_its_sample_is_answered(client: ContractClient) -> None:
    schema = client.get(f"{PATH}/schema").json
    assert schema["properties"]["rows"]["items"]["properties"]["image"]["contentEncoding"] == "base64"
    jsonschema.validate(schema["examples"][0], schema)
    assert client.post(f"{PATH}/predict", json=schema["examples"][0]).status_code == 200
    bundle = automl.load_bundle(client.get(f"{PATH}/bundle").get_data())
    assert bundle.predict(schema["examples"][0]["rows"]).predictions
    assert client.post(f"{PATH}/predict", json={"rows": [{"image": None}]}).status_code == 200


def test_the_report_and_explanations_tell_of_the_column(client: ContractClient) -> None:
    (run,) = client.get("/v1/runs").json["items"]
    report = client.get(f"/v1/runs/{run['id']}/report").json
    assert [row["column"] for row in report["importances"]] == ["image"]
    assert report["explanations"]["partial_dependence"] == []
    (sample,) = report["augmentation"]["samples"]
    assert all(b64decode(pair["changed"]["image"]) for pair in sample["pairs"])
    row = client.get(f"{PATH}/schema").json["examples"][0]["rows"][0]
    answer = client.post(f"{PATH}/predict", json={"rows": [row], "explain": True})
    assert answer.status_code == 200


@pytest.mark.parametrize("wrong", ["?", "aGVsbG8=", b64encode(shapes(1)[0][1][:200]).decode(), 7, ["x"]])
def test_what_is_no_image_is_refused_with_its_place(client: ContractClient, wrong: object) -> None:
    good = b64encode(shapes(1)[0][1]).decode()
    answer = client.post(f"{PATH}/predict", json={"rows": [{"image": good}, {"image": wrong}]})
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-value")
    assert (answer.json["errors"][0]["row"], answer.json["errors"][0]["column"]) == (1, "image")
    assert len(answer.json["errors"][0]["detail"]) < 200


def test_the_pixels_of_a_request_have_a_limit(client: ContractClient) -> None:
    plain = io.BytesIO()
    Image.new("L", (5000, 5000), "white").save(plain, "PNG")
    cell = b64encode(plain.getvalue()).decode()
    assert len(cell) * 11 < 1 << 20
    as_csv = "\n".join(["image", *[cell] * 11]).encode()
    for answer in (
        client.post(f"{PATH}/predict", json={"rows": [{"image": cell}] * 11}),
        client.post(f"{PATH}/predict", data=as_csv, content_type=CSV),
    ):
        assert (answer.status_code, answer.json["type"]) == (413, "/problems/too-many-rows")
        assert "zip archive" in answer.json["detail"]


def test_a_broken_image_in_a_table_is_refused_with_its_place(client: ContractClient) -> None:
    table = parquet(image=[shapes(1)[0][1], b"\x89PNG\r\n\x1a\n broken"], y=[1, 2])
    for path in ("/v1/datasets", f"{PATH}/predict"):
        answer = client.post(path, data=table, content_type=PARQUET)
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/broken-image")
        assert (answer.json["errors"][0]["row"], answer.json["errors"][0]["column"]) == (1, "image")
    text = client.post(f"{PATH}/predict", data=b"image\nhello\n", content_type=CSV)
    assert (text.status_code, text.json["type"]) == (422, "/problems/invalid-value")


@pytest.mark.parametrize(
    ("files", "slug", "name"),
    [
        ({"a/1.png": shapes(1)[0][1], "a/2.png": b"broken"}, "broken-image", "a/2.png"),
        ({"a/1.png": shapes(1)[0][1], "../2.png": shapes(1)[0][1]}, "unsafe-zip", "../2.png"),
    ],
)
def test_an_archive_is_refused_with_the_entry_s_name(
    client: ContractClient, files: dict[str, bytes], slug: str, name: str
) -> None:
    answer = client.post("/v1/datasets", data=zip_of(files), content_type=ZIP)
    assert (answer.status_code, answer.json["type"]) == (422, f"/problems/{slug}")
    assert name in answer.json["errors"][0]["detail"]


def test_a_form_with_an_archive_is_the_same_dataset(client: ContractClient) -> None:
    form = {"file": (io.BytesIO(shapes_zip(ROWS)), "shapes.zip", "application/octet-stream")}
    answer = client.post("/v1/datasets", data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["name"]) == (200, "shapes")


@pytest.mark.parametrize("kind", ["rotate", "flip", "crop", "brightness"])
def test_changed_images_are_shown_beside_their_originals(client: ContractClient, kind: str) -> None:
    (dataset,) = client.get("/v1/datasets").json["items"]
    body = {"dataset": dataset["id"], "target": "class", "augmentation": [kind], "strength": 1.0, "limit": 2}
    answer = client.post("/v1/augmentations/preview", json=body)
    assert (answer.json["rows"], answer.json["augmented_rows"]) == (ROWS, 2 * ROWS)
    for item in answer.json["items"]:
        old, new = (b64decode(item[side]["image"]) for side in ("original", "changed"))
        assert old != new
        assert old == normal_image(old)
        assert new == normal_image(new)
        assert item["original"]["class"] == item["changed"]["class"]


def test_images_beside_other_columns(client: ContractClient) -> None:
    drawn = shapes(30)
    table = parquet(
        photo=[data for _, data in drawn], size=[float(n) for n in range(30)], price=[n % 7 for n in range(30)]
    )
    dataset = client.post("/v1/datasets", data=table, content_type=PARQUET).json
    assert [column["type"] for column in dataset["columns"]] == ["image", "numeric", "numeric"]
    asked = {"dataset": dataset["id"], "target": "photo"}
    assert client.post("/v1/runs", json=asked).json["type"] == "/problems/unsupported-target"
    asked = {"dataset": dataset["id"], "target": "price", "ignore": ["photo"], "augmentation": ["crop"]}
    assert client.post("/v1/runs", json=asked).json["type"] == "/problems/no-image-column"


def test_images_with_paths_are_a_dataset_and_are_answered(client: ContractClient) -> None:
    drawn = shapes(20)
    plain = parquet(image=[data for _, data in drawn], kind=[kind for kind, _ in drawn])
    structs: list[dict[str, object]] = [{"bytes": data, "path": f"{n}.png"} for n, (_, data) in enumerate(drawn)]
    rows = parquet(image=structs, kind=[kind for kind, _ in drawn])
    first, second = (client.post("/v1/datasets", data=data, content_type=PARQUET).json for data in (plain, rows))
    assert [column["type"] for column in second["columns"]] == ["image", "categorical"]
    assert (second["columns"], second["findings"]) == (first["columns"], first["findings"])
    asked = {"content_type": PARQUET, "headers": {"Accept": "application/json"}}
    answers = [client.post(f"{PATH}/predict", data=data, **asked).json for data in (plain, rows)]
    assert answers[0] == answers[1]
    structs[3]["bytes"] = None
    (warning,) = client.post(f"{PATH}/predict", data=parquet(image=structs), **asked).json["warnings"]
    assert (warning["code"], warning["row"], warning["column"]) == ("images-elsewhere", None, "image")
    for path in ("/v1/datasets", f"{PATH}/predict"):
        answer = client.post(path, data=parquet(image=structs[3:4]), content_type=PARQUET)
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/images-elsewhere")


def test_other_files_of_an_archive_are_told(client: ContractClient) -> None:
    data = zip_of({"README.md": b"# Shapes", **{f"a/{n}.png": data for n, (_, data) in enumerate(shapes(4))}})
    dataset = client.post("/v1/datasets", data=data, content_type=ZIP)
    assert (dataset.status_code, dataset.json["rows"]) == (201, 4)
    finding = next(it for it in dataset.json["findings"] if it["code"] == "passed-over-files")
    assert "'README.md'" in finding["detail"]
    headers = {"Accept": "application/json"}
    answer = client.post(f"{PATH}/predict", data=data, content_type=ZIP, headers=headers).json
    assert len(answer["predictions"]) == 4
    assert [it["code"] for it in answer["warnings"]] == ["passed-over-files", "ignored-column"]
