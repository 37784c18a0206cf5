"""Our scores are those of the tool that measures the project from outside."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks import reading, scoring

SHARED = Path(__file__).parents[3] / "shared"
CORPUS = SHARED / "corpus"


def outside_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tool", SHARED / "tools" / "score_extraction.py")
    assert spec
    assert spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def spoilt(got: dict[str, Any]) -> dict[str, Any]:
    """A reading with a mistake in everything."""
    return {
        "title": got["title"] + " - Báo",
        "lead": (got["lead"] or "")[12:],
        "text": got["text"][200:] + "\n" + got["title"] + "\nĐọc thêm chuyện khác",
        "published_at": got["published_at"].replace(tzinfo=None).isoformat(),
        "authors": [*got["authors"], "Tòa soạn"],
    }


def told(score: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 3) if "F1" in key else value for key, value in score.items()}


def ours(label: scoring.Label, got: dict[str, Any]) -> dict[str, Any]:
    one = scoring.score(label, got)
    fields = {name: name in one.right for name in scoring.FIELDS}
    texts = {"F1": one.f1, "strict F1": one.strict_f1, "must_not": list(one.forbidden)}
    return texts | fields


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no labelled real pages in ../shared/corpus")
def test_scores_agree_with_the_tool_outside() -> None:
    tool = outside_tool()
    for path in sorted(CORPUS.glob("gold/*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        body = (CORPUS / gold["file"]).read_bytes()
        got = reading.read(body, gold["url"])
        whole = got | {"text": body.decode(errors="replace")}
        for one in (got, reading.read_generic(body, gold["url"]), spoilt(got), whole, {}):
            label = scoring.Label.of_corpus(gold)
            assert told(ours(label, one)) == told(tool.score(gold, one)), path.stem


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Giá gạo giảm"),
        ("lead", "Tăng ba đồng."),
        ("published_at", "2026-09-08T07:06:00+07:00"),
        ("published_at", "2026-09-08T07:05:00"),
        ("authors", ["Lan"]),
    ],
)
def test_a_wrong_field_is_wrong(field: str, value: object) -> None:
    right: dict[str, Any] = {
        "title": "Giá gạo tăng",
        "lead": "Tăng hai đồng.",
        "text": "Giá gạo tăng.",
        "published_at": "2026-09-08T00:05:59Z",
        "authors": ["Mai", "LAN"],
    }
    label = scoring.Label(
        url="",
        title="Giá gạo tăng",
        lead="(BTM) - Tăng hai đồng.",
        body=("Giá gạo tăng.",),
        around=(),
        authors=("Lan", "Mai"),
        published_at="2026-09-08T07:05:00+07:00",
    )
    assert scoring.score(label, right).wrong == ()
    assert len(scoring.score(label, right | {field: value}).wrong) == 1
