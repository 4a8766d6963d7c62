import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.jobs.spool import Product, Spool

PRODUCT = Product(
    b"bundle\n\0bytes",
    {"task": "binary", "lineage": {"run": "run_1"}},
    b'{"verdict": "good"}',
    b"PAR1 rows",
    b"PAR1 more",
)


def test_product_comes_back_until_dropped(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.get("run_1") is None
    spool.put("run_1", PRODUCT)
    assert Spool(tmp_path).get("run_1") == PRODUCT
    assert spool.get("run_2") is None
    spool.drop("run_1")
    spool.drop("run_1")
    assert spool.get("run_1") is None


def test_a_product_without_a_judgement(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for without in (replace(PRODUCT, judgement=None), replace(PRODUCT, out_of_fold=None)):
        spool.put("run_1", without)
        assert spool.get("run_1") == without


@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_changed_bit_of_bundle_or_report_is_noticed(
    position: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool"))
    spool.put("run_1", PRODUCT)
    path = spool._path("run_1")
    data = bytearray(path.read_bytes())
    begin = data.index(b"\n") + 1
    data[begin + position % (len(data) - begin)] ^= 1 << bit
    path.write_bytes(data)
    assert spool.get("run_1") is None


@given(length=st.integers(min_value=0))
def test_torn_file_is_noticed(length: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool"))
    spool.put("run_1", PRODUCT)
    path = spool._path("run_1")
    whole = path.read_bytes()
    path.write_bytes(whole[: length % len(whole)])
    assert spool.get("run_1") is None


def test_old_products_are_swept(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put("old", PRODUCT)
    spool.put("new", PRODUCT)
    weeks_ago = time.time() - 30 * 24 * 3600
    os.utime(spool._path("old"), (weeks_ago, weeks_ago))
    spool.sweep()
    assert (spool.get("old"), spool.get("new")) == (None, PRODUCT)
