"""The labelled pages that readings are measured on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scoring import Label

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
GOLDEN = ROOT / "tests" / "sites"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledPage:
    """A saved page, what it holds, and a short name for it."""

    name: str
    file: Path
    language: str
    fetched_at: str
    label: Label

    def told(self) -> dict[str, str]:
        """What a reader is told of the page."""
        told = {"file": str(self.file), "url": self.label.url, "language": self.language}
        return told | {"fetched_at": self.fetched_at}


def corpus(folder: Path = CORPUS) -> Sequence[LabelledPage]:
    """Real pages, which belong to their papers and are no part of the project; maybe none."""
    golds = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("gold/*.json"))]
    return [
        LabelledPage(
            name=gold["file"].removeprefix("pages/"),
            file=folder / gold["file"],
            language=gold.get("language", "vi"),
            fetched_at=gold.get("fetched_at", ""),
            label=Label.of_corpus(gold),
        )
        for gold in golds
    ]


def golden_pages(folder: Path = GOLDEN) -> Sequence[LabelledPage]:
    """Our own texts in the true structure of each site."""
    paths = sorted(path for path in folder.glob("*/*.html") if path.with_suffix(".json").is_file())
    return [_golden_page(path) for path in paths]


def _golden_page(path: Path) -> LabelledPage:
    gold = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return LabelledPage(
        name=f"{path.parent.name}/{path.name}",
        file=path,
        language=gold.get("language", "vi"),
        fetched_at=gold.get("fetched_at", ""),
        label=Label.of_golden_page(gold),
    )
