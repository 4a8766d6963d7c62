"""What is asked of whom: the plans, narrowed as the command line tells, and the switches of the ablation."""

import argparse
import json
import re
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest

from automl.search import Plan
from automl.types import TrainRequest
from benchmarks.ablation import SWITCHES
from benchmarks.automl.__main__ import wishes
from benchmarks.automl.identity import SCRIPTS
from benchmarks.automl.roster import PEERS, PLANS


@pytest.fixture
def options(tmp_path: Path) -> argparse.Namespace:
    names = [*PLANS["standard"].tables, "another"]
    manifest = [{"name": name, "task": "regression"} for name in names]
    (tmp_path / "MANIFEST.json").write_text(json.dumps(manifest))
    return argparse.Namespace(folder=tmp_path, plan="standard", peers=None, tables=None, seconds=60.0)


def test_a_plan_has_its_tables_one_after_the_other(options: argparse.Namespace) -> None:
    asked = list(wishes(options))
    plan = PLANS["standard"]
    assert len(asked) == len(plan.tables) * sum(plan.seeds.values())
    assert [a.table.name for a in asked if a.peer.name == "h2o"] == list(plan.tables)
    assert sum(a.table.name != b.table.name for a, b in pairwise(asked)) == len(plan.tables) - 1


def test_peers_and_tables_narrow_a_plan(options: argparse.Namespace) -> None:
    options.peers, options.tables = ["winnow", "mljar"], ["adult", "another"]
    assert {(wish.peer.name, wish.table.name) for wish in wishes(options)} == {
        (peer, table) for peer in ("winnow", "mljar") for table in ("adult", "another")
    }


def test_a_table_that_is_not_there_is_refused(options: argparse.Namespace) -> None:
    options.tables = ["nowhere"]
    with pytest.raises(KeyError, match="nowhere"):
        list(wishes(options))


def test_a_folder_of_other_tables_is_measured_whole(options: argparse.Namespace) -> None:
    options.plan = "smoke"
    (options.folder / "MANIFEST.json").write_text('[{"name": "other", "task": "regression"}]')
    assert {wish.table.name for wish in wishes(options)} == {"other"}


@pytest.mark.parametrize("plan", PLANS)
def test_every_peer_of_a_plan_has_a_script_and_exact_versions(plan: str) -> None:
    for name in PLANS[plan].seeds:
        kind = PEERS[name].kind
        assert (SCRIPTS / f"{kind}_peer.py").exists()
        if kind != "winnow":
            lines = (SCRIPTS / f"{kind}.txt").read_text().splitlines()
            assert all(re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line) for line in lines)


def test_switches_are_of_the_plan_or_the_request() -> None:
    known = {field.name for field in fields(TrainRequest)} | {"plan"}
    parts = {field.name for field in fields(Plan)}
    for switch in SWITCHES.values():
        assert switch.keys() <= known
        assert switch.get("plan", {}).keys() <= parts
    assert parts == {name.removeprefix("no ") for name in SWITCHES} & parts
