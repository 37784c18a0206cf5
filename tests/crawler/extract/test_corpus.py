"""The scores on labelled real pages, where they are: a lower score fails."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no labelled real pages in ../shared/corpus"),
]

EXACT = ("title", "lead", "day", "minute", "zone", "authors")


def module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def scores(function: str) -> list[dict[str, Any]]:
    reading = module("reading", ROOT / "benchmarks" / "reading.py")
    scorer = module("scorer", SHARED / "tools" / "score_extraction.py")
    read: Callable[[bytes, str], dict[str, Any]] = getattr(reading, function)
    golds = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(CORPUS.glob("gold/*.json"))]
    return [
        scorer.score(gold, read((CORPUS / gold["file"]).read_bytes(), gold["url"]))
        for gold in golds
    ]


@pytest.mark.parametrize("function", ["read", "read_generic"])
def test_scores_do_not_fall(function: str) -> None:
    rows = scores(function)
    assert min(row["F1"] for row in rows) >= 0.99
    assert mean(row["F1"] for row in rows) >= 0.998
    assert mean(row["strict F1"] for row in rows) >= 0.998
    assert {key: mean(row[key] for row in rows) for key in EXACT} == dict.fromkeys(EXACT, 1)
    assert [row["must_not"] for row in rows if row["must_not"]] == []


@pytest.mark.parametrize("function", ["read", "read_generic"])
def test_the_path_of_sections_is_the_one_shown(function: str) -> None:
    read = getattr(module("reading", ROOT / "benchmarks" / "reading.py"), function)
    golds = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(CORPUS.glob("gold/*.json"))]
    paths = [
        (gold["url"], read((CORPUS / gold["file"]).read_bytes(), gold["url"])["section_path"])
        for gold in golds
    ]
    missing = {"baodautu.vn"} if function == "read_generic" else set()
    wanted = [(gold["url"], gold["section_path"]) for gold in golds]
    wrong = [pair for pair, told in zip(paths, wanted, strict=True) if pair != told]
    assert {url.split("/")[2] for url, _ in wrong} == missing
