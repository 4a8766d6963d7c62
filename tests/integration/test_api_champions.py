"""A model is trained again: its report and its alias tell how it did against the champion."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from tests.servers.api import CSV, Api, open_api
from tests.servers.contract import ContractClient

Table = Mapping[str, Any]


def table(rows: int, *, noise: float = 0.3, seed: int = 0) -> dict[str, Any]:
    """Rows of which the first ones are the same whatever their number; `label` hangs on both columns."""
    rng = np.random.default_rng(seed)
    cells = rng.normal(size=(rows, 3)).round(6)
    score = cells[:, 0] + cells[:, 1] + noise * cells[:, 2]
    return {"a": cells[:, 0], "b": cells[:, 1], "label": np.where(score > 0.5, "yes", "no"), "value": score.round(6)}


def csv(columns: Table) -> bytes:
    lines = zip(*(np.asarray(values).tolist() for values in columns.values()), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, line)) for line in lines)]).encode()


def train(api: Api, client: ContractClient, columns: Table, **request: Any) -> dict[str, Any]:
    """The report of a new version of `m`."""
    dataset = client.post("/v1/datasets", data=csv(columns), content_type=CSV).json["id"]
    asked = {"model": "m", "target": "label", "ignore": ["value"], "budget": {"timeout_s": 60, "max_trials": 1}}
    run = client.post("/v1/runs", json={"dataset": dataset, **asked, **request}).json["id"]
    assert api.work()
    ended = client.get(f"/v1/runs/{run}").json
    assert ended["state"] == "succeeded", ended
    found: dict[str, Any] = client.get(f"/v1/runs/{run}/report").json
    return found


def against_the_champion(report: Mapping[str, Any]) -> dict[str, Any]:
    (found,) = [entry for entry in report["comparisons"] if entry["against"] == "champion"]
    return dict(found)


def reason(client: ContractClient, alias: str) -> str:
    return str(client.get(f"/v1/models/m/aliases/{alias}/history").json["items"][0]["reason"])


def head(columns: Table, rows: int) -> dict[str, Any]:
    return {name: values[:rows] for name, values in columns.items()}


def test_with_more_rows_the_champion_is_asked_about_those_that_it_has_not_learnt_from(
    api: Api, client: ContractClient
) -> None:
    whole = table(1300)
    first = train(api, client, head(whole, 1000), positive="no")
    assert all(entry["against"] != "champion" for entry in first["comparisons"])
    report = train(api, client, whole)
    found = against_the_champion(report)
    fresh, left_out = found["rows"], report["rows"] - found["rows"]
    assert (found["model_version"], found["on"], found["ours"]) == ("m:1", "holdout", "model")
    assert 30 < fresh < 100, "about a fifth of 300"
    assert found["detail"] == (
        f"Version 1 answered {fresh} of the rows that judged the new model; "
        f"{left_out} that it has learnt from were left out."
    )
    assert found["low"] <= found["difference"] <= found["high"]
    assert abs(found["difference"]) < 0.2, "though the other class was the positive one"
    assert 0 <= found["p_value"] <= 1
    assert f"against version 1 on the same {fresh} rows, p = " in reason(client, "challenger")
    page = client.get("/v1/models/m/versions/2/report", headers={"Accept": "text/html"}).text
    assert f"Version 1 answered {fresh} of the rows" in page


def test_a_champion_of_too_few_rows_is_beaten_on_another_table(api: Api, client: ContractClient) -> None:
    """By the new run's metric, whatever the champion was chosen by."""
    few, many = table(60), table(3000, seed=1)
    train(api, client, few, metric="accuracy")
    found = against_the_champion(train(api, client, many, metric="roc_auc"))
    assert found["rows"] == 600
    assert found["difference"] > 0
    assert found["p_value"] < 0.05
    assert client.get("/v1/models/m/aliases/champion").json["version"] == 2
    assert "on the same 600 rows" in reason(client, "champion")


def test_of_values_the_champion_is_asked_alike(api: Api, client: ContractClient) -> None:
    whole, how = table(1300), {"target": "value", "ignore": ["label"]}
    train(api, client, head(whole, 1000), **how)
    found = against_the_champion(train(api, client, whole, **how))
    assert 30 < found["rows"] < 100
    assert found["p_value"] is not None
    assert "were left out" in found["detail"]


def test_where_the_champions_table_is_gone_the_report_says_that_it_is_flattered(
    api: Api, client: ContractClient
) -> None:
    whole = table(1300)
    train(api, client, head(whole, 1000))
    dataset = client.get("/v1/models/m/versions/1").json["lineage"]["dataset"]
    assert client.delete(f"/v1/datasets/{dataset}").status_code == 204
    report = train(api, client, whole)
    found = against_the_champion(report)
    assert found["rows"] == report["rows"]
    assert "could not be left out, which flatters it" in found["detail"]


def test_rows_of_groups_that_the_champion_knows_are_left_out(api: Api, client: ContractClient) -> None:
    whole, how = table(1300), {"split": {"kind": "group", "column": "g"}}
    whole["g"] = [f"g{row // 10}" for row in range(1300)]
    train(api, client, head(whole, 995), **how)
    report = train(api, client, whole, **how)
    found = against_the_champion(report)
    assert 30 < found["rows"] < 120
    assert found["rows"] % 10 == 0, "whole groups: the one that is half known is not among them"
    assert "or of whose 'g' it knows others, were left out" in found["detail"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A service with a champion."""
    api = open_api(tmp_path_factory.mktemp("served") / "data")
    train(api, api.client("read", "train", "admin"), head(table(1300), 1000))
    yield api
    api.context.close()


@pytest.mark.parametrize(("change", "why"), [
    (lambda it: {name: values for name, values in it.items() if name != "b"}, "it learns from the column 'b'"),
    (lambda it: {**it, "label": np.where(it["value"] > 2, "maybe", it["label"])}, "its task is 'binary'"),
    (lambda it: {**it, "label": np.where(it["label"] == "yes", "yes", "never")}, "it knows other classes"),
    (lambda it: {**it, "a": np.where(it["a"] > 0, "high", "low")}, "'low'"),
    (lambda it: head(it, 1010), "30 rows are needed"),
])  # fmt: skip
def test_what_cannot_be_compared_says_why_and_makes_a_challenger(
    served: Api, change: Callable[[Table], Table], why: str
) -> None:
    client = served.client("read", "train", "admin")
    found = against_the_champion(train(served, client, change(table(1300))))
    assert [found[name] for name in ("rows", "difference", "low", "high", "p_value")] == [0, None, None, None, None]
    assert found["model_version"] == "m:1"
    assert found["detail"].startswith("cannot be compared with version 1: ")
    assert why in found["detail"]
    assert client.get("/v1/models/m/aliases/champion").json["version"] == 1
    assert reason(client, "challenger") == found["detail"]
