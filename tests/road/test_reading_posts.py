"""The reader and the comparison on labelled posts by others, where these are at hand: docs/traffic.md in short."""

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
POSTS = ROOT.parent / "shared/data/reports"

pytestmark = pytest.mark.skipif(not POSTS.is_dir(), reason="needs ../shared/data/reports")


@pytest.fixture(scope="module")
def bench() -> dict[str, Any]:
    scripts = str(ROOT / "scripts")
    sys.path.insert(0, scripts)
    try:
        return runpy.run_path(f"{scripts}/bench_traffic.py")
    finally:
        sys.path.remove(scripts)


@pytest.mark.slow
def test_traffic_is_told_from_other_posts_of_sources_never_seen(bench: dict[str, Any]) -> None:
    judges = bench["traffic_or_not"](bench["read_rows"](POSTS / "traffic_or_not.tsv"))
    assert judges["reader"].f1 >= 0.99
    assert judges["reader"].f1 > judges["tfidf"].f1 > judges["keyword"].f1


def test_time_flow_place_and_obstacle(bench: dict[str, Any]) -> None:
    figures = {name: value for name, (value, _) in bench["structured"](POSTS / "tmc_structured.jsonl").items()}
    assert figures["time"] >= 0.98
    assert figures["flow"] >= 0.96
    assert figures["at"] >= 0.88
    assert figures["obstacle"] >= 0.85
    assert figures["obstacle words"] >= 0.80


def test_posts_of_one_event(bench: dict[str, Any]) -> None:
    score, plain = bench["same_or_not"](bench["labelled_pairs"](POSTS / "same_event_pairs.tsv"))
    assert score.f1 >= 0.985
    assert score.f1 >= plain
