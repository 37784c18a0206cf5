"""Mends what an inspection found, where nothing can be lost by it; the rest it leaves alone."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from archive.connection import WRITER, explained, transaction
from archive.inspection import REBUILD, Finding, attached, orphan_rule
from archive.inspection_rules import DERIVED, RULES, Weight


def repair(folder: Path, findings: Sequence[Finding]) -> list[str]:
    """Does what the findings say of themselves and tells each; the caller holds the lock."""
    done = []
    # A body without a page may be the very one that an article lacks, so that a person can still
    # bring the two together: nothing is removed while anything is lost.
    is_all_there = all(finding.weight is not Weight.LOST for finding in findings)
    statements = {rule.name: rule.statement for rule in RULES}
    statements |= {
        rule.name: rule.statement for table in DERIVED if (rule := orphan_rule(table, "article_id"))
    }
    for finding in findings:
        if not finding.can_repair:
            continue
        if finding.repair == REBUILD:
            wanted = [f"INSERT INTO {index}({index}) VALUES ('rebuild')" for index in finding.rows]
        else:
            wanted = [statements[finding.name] or ""]
        if not is_all_there and any(statement.startswith("DELETE") for statement in wanted):
            done.append(f"{finding.name}: left alone, since what else is lost may be among them")
            continue
        for statement in wanted:
            changed = _run(folder, statement)
            what = f"{changed} rows changed" if changed >= 0 else "done"
            done.append(f"{finding.name}: {finding.repair} ({what})")
    return done


def _run(folder: Path, statement: str) -> int:
    with explained(folder), closing(attached(folder, "rw")) as connection:
        connection.executescript(WRITER)
        with transaction(connection):
            return connection.execute(statement).rowcount
