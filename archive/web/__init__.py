"""The archive in a web browser: Datasette with our search, titles and templates.

Datasette runs as a process of its own: it opens the file read-only, beside a crawl that writes.
"""

import os
import socket
import sys
from pathlib import Path

from archive.connection import ARCHIVE_FILE
from archive.errors import MoitNewsError
from archive.store import Archive

HERE = Path(__file__).parent
SETTINGS = {
    "sql_time_limit_ms": 3000,  # a first search on a cold file reads the disk
    "facet_time_limit_ms": 1500,
    "suggest_facets": "off",  # suggesting them counts every column of every search
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "truncate_cells_html": 300,
}


class PortTakenError(MoitNewsError):
    """Another program listens where Datasette was to."""


def run(folder: Path, *, host: str, port: int) -> None:
    """Becomes a Datasette that serves the archive until it is interrupted."""
    Archive.open(folder).close()  # a missing or foreign file is named before anything starts
    _check_free(host, port)
    arguments = command(folder, host=host, port=port)
    os.execv(arguments[0], arguments)  # noqa: S606 - our own Python, no shell


def command(folder: Path, *, host: str, port: int) -> list[str]:
    """The command line of Datasette over an archive."""
    arguments = [sys.executable, "-m", "datasette", "serve", str(folder / ARCHIVE_FILE)]
    arguments += ["--host", host, "--port", str(port), "--metadata", str(HERE / "metadata.yaml")]
    arguments += ["--plugins-dir", str(HERE / "plugins"), "--template-dir", str(HERE / "templates")]
    arguments += ["--static", f"moit-news:{HERE / 'static'}"]
    for name, value in SETTINGS.items():
        arguments += ["--setting", name, str(value)]
    return arguments


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(
                f"cannot listen on {host}:{port} ({error.strerror}): "
                "stop the program that does, or choose another with --port"
            ) from error
