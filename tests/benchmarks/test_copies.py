"""The benchmark of copies runs, small, and its goals hold."""

from pathlib import Path

from benchmarks.copies import Measured, ours, report, unmet
from benchmarks.copies_texts import EDITS


def test_copies_are_measured_and_the_goals_that_need_no_quiet_machine_are_met(tmp_path: Path):
    measured = ours(tmp_path, articles=200, count=6)

    text = report([measured], 200, 6)
    assert [goal for goal in unmet(measured, 6) if goal != "look-up"] == []
    assert "| found: half cut" in text
    assert "| wrongly linked: price bulletins" in text


def test_a_missed_goal_is_named():
    found = dict.fromkeys(EDITS, 0) | {"price bulletins": 1}
    slow = Measured(name="slow", ms=9, look_up=(900, 990), kept=1301, found=found)

    assert set(unmet(slow, 2)) == {*EDITS, "look-up", "bytes kept", "nothing wrongly linked"}
