"""Serves the world as a process: ``python -m tests.world --ports 8101,8102,8103 --sites FOLDER``.

Prints one line ``ready`` with the homepages once it answers, then serves until it is ended.
"""

from __future__ import annotations

import argparse
import datetime as dt
import signal
from pathlib import Path

from tests.world.plan import PER_PAPER
from tests.world.world import SEED, TODAY, World


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.world", description=__doc__)
    parser.add_argument(
        "--ports", default="", help="three ports, separated by commas; default: free ones"
    )
    parser.add_argument("--sites", type=Path, help="write the papers' site files into this folder")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--today", type=dt.date.fromisoformat, default=TODAY)
    parser.add_argument("--per-paper", type=int, default=PER_PAPER)
    return parser.parse_args()


def main() -> None:
    given = options()
    ports = [int(port) for port in given.ports.split(",") if port]
    with World.serve(
        seed=given.seed, today=given.today, per_paper=given.per_paper, ports=ports
    ) as world:
        if given.sites:
            world.write_sites(given.sites)
        print("ready", *(paper.homepage for paper in world.papers), flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    main()
