"""A PostgreSQL of our own for as long as it is needed: in a temporary folder, on a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"  # what root runs it as: the server refuses root
DEBIAN = Path("/usr/lib/postgresql")  # it keeps what starts a server out of the PATH
ENDING = 60  # seconds in which a server that was told to end has ended
# All in memory and nothing safe from a power cut, since a disk is not what is measured. A statement
# is the work of one process, whose CPU time is known, and is not compiled for its few milliseconds.
# The planner reckons without what it costs to unpack long values, and would go through all articles
# for a word that most of them have, which takes longer than by the index.
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "jit": "off",
    "enable_seqscan": "off",
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "8GB",
    "log_min_messages": "fatal",
}


def missing() -> str | None:
    """Why no server can be started here, if so."""
    for name in ("initdb", "postgres", "setpriv"):
        if not _program(name):
            return f"there is no program {name} (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and USER not in {user.pw_name for user in pwd.getpwall()}:
        return f"root may not run it, and there is no user {USER}"
    return None


def _program(name: str) -> str | None:
    """Where a program is, of the newest release that has it."""
    releases = [folder for folder in DEBIAN.glob("[0-9]*/bin") if (folder / name).is_file()]
    if not releases:
        return shutil.which(name)
    return str(max(releases, key=lambda folder: float(folder.parent.name)) / name)


@contextmanager
def running() -> Iterator[Path]:
    """The folder of the socket of a server that is starting; stopped and removed whatever comes."""
    user = USER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="moit-news-postgresql-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        _initialise(folder / "data", user)
        with _started(folder, user) as server:
            try:
                yield folder
            finally:
                _stop(server)


def _initialise(data: Path, user: str | None) -> None:
    command = [_program("initdb") or "initdb", "-D", str(data), "-U", USER]
    done = subprocess.run(
        [*command, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
        user=user, group=user, extra_groups=[] if user else None,
        cwd=data.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"initdb: {done.stderr.strip()}")


def _started(folder: Path, user: str | None) -> subprocess.Popen[bytes]:
    # Should we be killed, the server is told to end; Ctrl+C is for us alone to act upon.
    command = ["setpriv", "--pdeathsig", "INT", _program("postgres") or "postgres"]
    settings = SETTINGS | {"unix_socket_directories": str(folder)}
    return subprocess.Popen(
        [*command, "-D", "data", *(f"--{name}={value}" for name, value in settings.items())],
        user=user, group=user, extra_groups=[] if user else None,
        cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def _stop(server: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT):  # who is connected is cut off; nothing is tidied up
        server.send_signal(how)
        try:
            server.wait(ENDING)
        except subprocess.TimeoutExpired:
            continue
        return
    server.kill()
