"""The numbers of a run on a terminal and in a log, and the exit code they come to."""

from __future__ import annotations

import dataclasses
import io
import os
import pty
import sys
import threading
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from crawler.report import report
from crawler.run import Tally, exit_code
from tests.crawler.paper import World, publish
from tests.crawler.server import Server

GOOD = Tally(site="bao-mot", listings=2, found=9, asked=3, new=2, gone=1, bytes=1_200_000)
BAD = Tally(site="bao-hai", listings=1, listings_failed=1, reason="the host is silent: no answer")


def printed(*, terminal: bool, term: str = "xterm", width: int = 140) -> str:
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=terminal, width=width, height=25, _environ={"TERM": term}
    )
    report([GOOD, BAD], console)
    return out.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_the_table_has_each_site_and_a_sum(terminal: bool) -> None:
    text = printed(terminal=terminal)

    assert "the host is silent: no answer" in text
    assert ("1 of its listings failed" if terminal else "1 (1 failed)") in text
    assert text.splitlines()[3].split()[:1] == ["all"]


def test_a_log_gets_no_colours_and_no_broken_lines() -> None:
    text = printed(terminal=False)

    assert "\x1b" not in text
    assert len(text.splitlines()) == 4


def test_a_terminal_of_80_columns_shows_every_number_of_a_long_run() -> None:
    busy = Tally(site="tapchicongthuong", listings=29, found=4321, asked=1234, new=1130)
    busy = dataclasses.replace(busy, revised=4, unchanged=60, failed=20, refused=10, gone=10)
    out = io.StringIO()

    terminal = {"TERM": "xterm"}
    report(
        [busy, BAD], Console(file=out, force_terminal=True, width=80, height=25, _environ=terminal)
    )

    row = out.getvalue().splitlines()[1].split()
    assert row[2:] == ["4321", "1234", "1130", "4", "60", "20", "10", "10"]


def test_outcomes_that_no_site_had_take_no_room_on_a_terminal() -> None:
    header = Text.from_ansi(printed(terminal=True).splitlines()[0]).plain.split()

    assert header == ["site", "listings", "found", "asked", "new", "gone"]


def test_a_dumb_terminal_gets_what_a_log_gets() -> None:
    assert printed(terminal=True, term="dumb") == printed(terminal=False)


def test_a_row_of_noughts_says_why() -> None:
    out = io.StringIO()

    report([GOOD, Tally(site="bao-ba")], Console(file=out, width=140))

    told = [line for line in out.getvalue().splitlines() if "no listing of it is known" in line]
    assert [line.split()[0] for line in told] == ["bao-ba"]


@pytest.mark.parametrize(
    ("tallies", "code"),
    [
        ([GOOD], 0),
        ([GOOD, BAD], 1),
        ([BAD], 3),
        ([], 0),
        ([Tally(site="a", listings=1)], 0),  # nothing new is no failure
        ([Tally(site="a")], 0),
        ([Tally(site="a", asked=1, gone=1)], 0),
        ([Tally(site="a", asked=1, failed=1)], 3),
        ([Tally(site="a", listings=1, asked=3, failed=1, new=2)], 0),  # one broken page
        ([Tally(site="a", listings=1, asked=3, failed=2, new=1)], 1),
        ([Tally(site="a", listings=2, listings_failed=1)], 1),
    ],
)
def test_the_exit_code_follows_from_the_numbers(tallies: list[Tally], code: int) -> None:
    assert exit_code(tallies) == code


def test_a_terminal_shows_the_progress_and_a_pipe_does_not(tmp_path: Path) -> None:
    world = World(tmp_path)
    with Server() as server:
        publish(server, range(30))
        world.add_site("bao-thu", server, delay=0.05)
        shown = in_terminal(
            [sys.executable, "-c", "from crawler.cli import main; main()", "crawl"], world
        )
        silent = world.run("crawl")

    assert "fetched" in shown
    assert shown.count("bao-thu") > 3  # drawn again and again, and the table at the end
    assert silent.stderr == ""


def in_terminal(command: list[str], world: World) -> str:
    """What a command writes to a terminal of its own."""
    leader, follower = pty.openpty()
    pieces: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(leader, 65536):
                pieces.append(piece)
        except OSError:  # Linux's way to say that nobody has the terminal open any more
            return

    reader = threading.Thread(target=read)
    pid = os.posix_spawn(
        command[0],
        command,
        world.environment(TERM="xterm", COLUMNS="120"),
        file_actions=[(os.POSIX_SPAWN_DUP2, follower, fd) for fd in (0, 1, 2)],
    )
    os.close(follower)
    reader.start()
    os.waitpid(pid, 0)
    reader.join()
    os.close(leader)
    return b"".join(pieces).decode()
