"""The limit of a crawl's memory is one of what it holds, whoever started it."""

from __future__ import annotations

import subprocess
import sys

LARGE = 300_000_000
# Its own parent holds that much while it starts.
OF_A_LARGE_PARENT = f"""
import subprocess, sys
held = bytearray(b"x") * {LARGE}
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True, close_fds=False)
"""
BOTH = """
from scrapy.extensions.memusage import MemoryUsage
from scrapy.utils.test import get_crawler
from crawler.extensions import MemoryLimit
crawler = get_crawler(settings_dict={"MEMUSAGE_ENABLED": True})
print(MemoryUsage(crawler).get_virtual_size(), MemoryLimit(crawler).get_virtual_size())
"""


def test_the_memory_of_the_process_that_started_a_crawl_is_not_counted() -> None:
    command = [sys.executable, "-c", OF_A_LARGE_PARENT, BOTH]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    scrapys, ours = map(int, done.stdout.split())

    assert 10_000_000 < ours < LARGE
    assert sys.platform != "linux" or scrapys >= LARGE  # else the limit could be Scrapy's own
