"""Feeds, mails and webhooks of watches: real files, a real mail server, a real web server."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest
from aiosmtpd.controller import Controller
from lxml import etree

from archive.channels import webhook
from archive.channels.mail import as_html, message
from archive.channels.webhook import check_url
from archive.connection import transaction
from archive.errors import WatchError
from archive.notices import Dispatch, latest
from archive.store import Archive
from archive.telling import _BEGIN
from archive.watches import channels_of, watch_called
from archive.watching import look_all
from tests.archive.channel_peers import NOW, Mails, put, run, watch
from tests.archive.news import new_archive, paragraphs
from tests.archive.test_web import free_port

ATOM = "{http://www.w3.org/2005/Atom}"


PROGRAM = "from crawler.cli import main; main()"
ATOM_GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+\d\d:\d\d")


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mails]:
    handler = Mails()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings = {"HOST": "127.0.0.1", "PORT": port, "SECURITY": "none", "FROM": "tin@example.org"}
    for name, value in settings.items():
        monkeypatch.setenv(f"MOIT_NEWS_SMTP_{name}", str(value))
    yield handler
    controller.stop()


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted; answers what ``answer`` says."""

    kept: list[tuple[dict[str, str], bytes]]
    answer: int
    is_slow: bool

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.kept.append((dict(self.headers), body))
        if self.is_slow:
            time.sleep(3)
            return
        self.send_response(self.answer)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[tuple[str, type[Hook]]]:
    kind = type("One", (Hook,), {"kept": [], "answer": 204, "is_slow": False})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tin?khoa=1", kind
        server.shutdown()


def test_a_feed_is_valid_bounded_and_the_same_until_something_is_new(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "qua.atom"
    watch(archive, ("atom", str(path)))
    run(archive)
    assert_valid(path.read_bytes(), entries=0)

    put(archive, *range(120), authors=("Đỗ Thị Hoa & <b>",), section="Nông sản")
    run(archive)
    first = path.read_bytes()
    root = assert_valid(first, entries=100)
    entry = root.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == (
        "Bưởi </title>]]><script>alert(1)</script> & [31m Bcc: ke@la.vn"
    )
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Đỗ Thị Hoa & <b>"
    assert "<script" not in (entry.findtext(f"{ATOM}summary") or "")
    run(archive)
    assert path.read_bytes() == first

    put(archive, 119, blocks=paragraphs("Bưởi mất giá."))
    run(archive)
    root = assert_valid(path.read_bytes(), entries=100)
    assert (root.findtext(f"{ATOM}entry/{ATOM}title") or "").startswith("Corrected: Bưởi")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data", "qua.atom"]


def assert_valid(content: bytes, *, entries: int) -> ElementTree.Element:
    """What RFC 4287 asks of a feed document: its grammar, and what that cannot say."""
    document = etree.fromstring(content)
    ATOM_GRAMMAR.assertValid(document)
    root = ElementTree.fromstring(content)
    assert root.tag == f"{ATOM}feed"
    found = root.findall(f"{ATOM}entry")
    assert len(found) == entries
    for each in (root, *found):
        for name in ("id", "title", "updated"):
            assert len(each.findall(ATOM + name)) == 1, name
        assert re.fullmatch(
            r"tag:[\w.@-]+,\d{4}-\d\d-\d\d:[0-9a-f]{16}(/\d+)?", each.findtext(f"{ATOM}id") or ""
        )
        assert MOMENT.fullmatch(each.findtext(f"{ATOM}updated") or "")
        assert each.findtext(f"{ATOM}author/{ATOM}name")
    for each in found:
        assert len(each.findall(f"{ATOM}link[@rel='alternate']")) == 1
        assert len(each.findall(f"{ATOM}summary")) <= 1
        assert MOMENT.fullmatch(each.findtext(f"{ATOM}published") or "")
        known = {"id", "title", "updated", "published", "link", "author", "category", "summary"}
        assert {child.tag.removeprefix(ATOM) for child in each} <= known
    ids = [each.findtext(f"{ATOM}id") for each in (root, *found)]
    assert len({*ids}) == len(ids)
    return root


def test_a_file_of_others_is_never_replaced_and_a_lost_feed_is_made_again(
    archive: Archive, tmp_path: Path
) -> None:
    path = tmp_path / "qua.atom"
    watch(archive, ("atom", str(path)))
    path.write_text("Sổ chi tiêu")
    put(archive, 1)
    assert "no feed of ours" in run(archive).failures[0]
    assert path.read_text() == "Sổ chi tiêu"

    path.unlink()
    assert run(archive).failures == []
    assert_valid(path.read_bytes(), entries=1)
    path.unlink()
    run(archive)
    assert_valid(path.read_bytes(), entries=1)


def test_a_mail_says_what_is_new_and_nobody_can_write_its_headers(
    archive: Archive, mails: Mails
) -> None:
    watch(archive, ("mail", "lan@example.org"))
    run(archive)
    assert mails.kept == []
    put(archive, 1, 2)
    run(archive)
    run(archive)

    (mail,) = mails.kept
    assert mails.recipients == [["lan@example.org"]]
    assert (mail["Subject"], mail["To"], mail["Bcc"]) == ("qua: 2 new", "lan@example.org", None)
    assert re.fullmatch(r"<[0-9a-f]{16}-1-2\.[0-9a-f]{12}@example\.org>", mail["Message-ID"])
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "*Bưởi* số 1 được giá." in text
    assert "<mark>Bưởi</mark> số 2" in html
    assert "<script" not in html
    assert "\x1b" not in text + html


def test_what_a_killed_run_may_have_sent_is_sent_again_as_the_same_mail(
    archive: Archive, mails: Mails
) -> None:
    watch(archive, ("mail", "lan@example.org"))
    put(archive, 1, 2)
    told = look_all(archive, now=NOW)
    (channel,) = channels_of(archive.connection, told[0].watch)
    with transaction(archive.connection):  # as the run left it that was killed while it sent
        archive.connection.execute(_BEGIN, (2, channel.id))
    put(archive, 3)

    run(archive)

    assert [mail["Message-ID"][17:22] for mail in mails.kept] == ["-1-2.", "-3-3."]


def test_what_fails_is_told_is_tried_again_and_holds_up_nobody(
    archive: Archive, mails: Mails, hook: tuple[str, type[Hook]], tmp_path: Path
) -> None:
    url, posts = hook
    feed = tmp_path / "qua.atom"
    watch(archive, ("mail", "lan@example.org"), ("webhook", url), ("atom", str(feed)))
    put(archive, 1)
    mails.answer, posts.answer = "451 4.3.0 later", 302

    told = run(archive)
    assert len(told.failures) == 2
    assert "451 4.3.0 later" in told.failures[0]
    assert "answers 302" in told.failures[1]
    assert_valid(feed.read_bytes(), entries=1)
    failing = channels_of(archive.connection, told.watch)[0]
    assert failing.failures == 1
    assert "451" in (failing.failure or "")

    mails.answer, posts.answer = "250 OK", 200
    assert run(archive).failures == []
    assert run(archive).failures == []
    assert len(mails.kept) == 1
    assert [headers["webhook-id"] for headers, _ in posts.kept] == [
        posts.kept[0][0]["webhook-id"]
    ] * 2
    assert channels_of(archive.connection, told.watch)[0].failure is None


def test_a_webhook_is_json_under_a_stable_number_and_signed(
    archive: Archive, hook: tuple[str, type[Hook]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, posts = hook
    key = b"mot bi mat dai"
    monkeypatch.setenv("MOIT_NEWS_WEBHOOK_SECRET", "whsec_" + base64.b64encode(key).decode())
    watch(archive, ("webhook", url))
    put(archive, *range(130))
    run(archive)

    assert [len(json.loads(body)["hits"]) for _, body in posts.kept] == [100, 30]
    headers, body = posts.kept[0]
    said = json.loads(body)
    assert (said["watch"]["name"], said["waiting"]) == ("qua", 30)
    assert said["id"] == headers["webhook-id"]
    assert said["hits"][0]["change"] == "new"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mine}"


def test_a_webhook_reaches_private_addresses_only_where_that_was_said(
    archive: Archive, hook: tuple[str, type[Hook]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, posts = hook
    for private in (
        url,
        "http://localhost/a",
        "http://[::1]/",
        "http://0x7f000001/",
        "http://10.1/",
    ):
        with pytest.raises(WatchError, match="allow-private"):
            check_url(private, allows_private=False)
    for bad in ("ftp://a.vn/", "http://a b/", "http://u:p@a.vn/", "http://a.vn/\r\nX: y", "tin"):
        with pytest.raises(WatchError):
            check_url(bad, allows_private=True)

    watch(archive, ("webhook", url.replace("127.0.0.1", "tin.example.vn")))
    archive.connection.execute("UPDATE watch_channels SET allows_private = 0")
    put(archive, 1)
    place = (2, 1, 6, "", ("127.0.0.1", 80))
    monkeypatch.setattr(webhook.socket, "getaddrinfo", lambda *_, **__: [place])
    assert "leads to a private address" in run(archive).failures[0]
    assert posts.kept == []


def test_a_server_that_drips_its_answer_is_left(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    monkeypatch.setattr(webhook, "LONGEST", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            link, _ = server.accept()
            with link:
                try:
                    while not stop.wait(0.05):
                        link.sendall(b"H")
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        watch(archive, ("webhook", f"http://127.0.0.1:{server.getsockname()[1]}/"))
        put(archive, 1)
        assert "cannot be told" in run(archive).failures[0]
        stop.set()
        thread.join()


RUN = """
import sys
from pathlib import Path
from archive.store import Archive
from archive.watching import look_all, tell_all
with Archive.open(Path(sys.argv[1]), write=True) as archive:
    tell_all(archive, look_all(archive))
"""


def test_killed_while_it_posts_the_next_run_posts_the_same_and_loses_nothing(
    archive: Archive, hook: tuple[str, type[Hook]]
) -> None:
    url, posts = hook
    posts.is_slow = True
    watch(archive, ("webhook", url))
    put(archive, 1, 2)
    with subprocess.Popen([sys.executable, "-c", RUN, str(archive.folder)]) as killed:
        for _ in range(600):
            if posts.kept:
                break
            time.sleep(0.05)
        killed.kill()
    put(archive, 3)
    posts.is_slow = False

    run(archive)
    run(archive)

    said = [json.loads(body) for _, body in posts.kept]
    assert said[0] == {**said[1], "waiting": 0}
    assert [each["id"][16:] for each in said] == ["-1-2", "-1-2", "-3-3"]


def test_the_command_is_quiet_without_news_and_its_exit_code_tells(tmp_path: Path) -> None:
    import os

    folder = tmp_path / "data"
    folder.mkdir()
    with new_archive(folder) as archive:
        put(archive, 1)
    environment = os.environ | {"MOIT_NEWS_DATA": str(folder), "MOIT_NEWS_SMTP_HOST": ""}

    def moit_news(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", PROGRAM, "watch", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert moit_news("run").returncode == 0
    assert "1 articles that are kept" in moit_news("add", "in", "bưởi", "--from-start").stdout
    made = moit_news("add", "thu", "bưởi", "--mail", "lan@example.org", "--from-start")
    assert made.returncode == 0, made.stderr
    first, second = moit_news("run"), moit_news("run", "in")
    assert "in: 1 new" in first.stdout
    assert "\x1b" not in first.stdout
    assert first.returncode == 1
    assert "MOIT_NEWS_SMTP_HOST" in first.stderr
    assert (second.stdout, second.stderr, second.returncode) == ("", "", 0)
    assert moit_news("run", "thu").returncode == 3
    assert moit_news("run", "khong-co").returncode == 1
    assert moit_news("add", "in", "cam").returncode == 2
    assert "MOIT_NEWS_SMTP_HOST" in moit_news("list").stdout
    assert "failed 2 times" in moit_news("show", "thu").stdout
    assert json.loads(moit_news("show", "in", "--json").stdout)["hits"] == 1
    assert moit_news("remove", "thu").returncode == 0


def test_a_mail_page_is_looked_at(archive: Archive) -> None:
    """Every tag is closed that must be; the marks are whole."""
    watch(archive)
    put(archive, 1)
    look_all(archive, now=NOW)
    one = watch_called(archive.connection, "qua")
    dispatch = Dispatch(watch=one, notices=latest(archive.connection, one, 5), waiting=3)
    page = as_html(replace(dispatch))
    assert page.count("<mark>") == page.count("</mark>") > 1
    assert "3 more follow." in page
    assert "⟦" not in page + message(dispatch, "a@b.vn", "c@d.vn").as_string()
