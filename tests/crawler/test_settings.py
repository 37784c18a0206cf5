"""What of Scrapy's own runs is written out, so that a new release of it brings nothing unseen."""

import subprocess
import sys

import pytest
from scrapy.settings import default_settings

from crawler import settings

# What each list of Scrapy's has that we do without, or have one of our own for.
LEFT_OUT = {
    "EXTENSIONS": {
        "logcount.LogCount",
        "telnet.TelnetConsole",
        "memusage.MemoryUsage",
        "memdebug.MemoryDebugger",
        "closespider.CloseSpider",
        "feedexport.FeedExporter",
        "spiderstate.SpiderState",
        "remote_control.RemoteControl",
    },
    "DOWNLOADER_MIDDLEWARES": {
        "offsite.OffsiteMiddleware",
        "robotstxt.RobotsTxtMiddleware",
        "httpauth.HttpAuthMiddleware",
        "redirect.MetaRefreshMiddleware",
        "httpcompression.HttpCompressionMiddleware",
        "redirect.RedirectMiddleware",
        "cookies.CookiesMiddleware",
        "stats.DownloaderStats",
        "httpcache.HttpCacheMiddleware",
    },
    "SPIDER_MIDDLEWARES": {
        "start.StartSpiderMiddleware",
        "httperror.HttpErrorMiddleware",
        "referer.RefererMiddleware",
        "urllength.UrlLengthMiddleware",
        "depth.DepthMiddleware",
        "metacopy.MetaCopyDetectionMiddleware",
    },
}
LOADED = """
import sys
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list
settings = Settings()
settings.setmodule("crawler.settings")
for name in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES"):
    build_component_list(settings.get_component_priority_dict_with_base(name))
print(*sys.modules)
"""


@pytest.mark.parametrize("name", LEFT_OUT)
def test_each_part_of_scrapy_is_either_used_or_left_out_on_purpose(name: str) -> None:
    theirs = getattr(default_settings, f"{name}_BASE")
    ours = getattr(settings, name, {})

    assert getattr(settings, f"{name}_BASE") == {}
    assert set(theirs) - set(ours) == {path for path in theirs if _short(path) in LEFT_OUT[name]}
    assert all(theirs[path] == ours[path] for path in set(theirs) & set(ours))


def _short(path: str) -> str:
    return ".".join(path.split(".")[2:])


def test_no_server_and_no_second_web_client_is_even_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60
    )

    loaded = set(done.stdout.split())
    assert "crawler.guards" in loaded
    assert not loaded & {"aiohttp", "tldextract", "requests", "scrapy.extensions.telnet"}
