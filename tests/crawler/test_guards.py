"""The pure parts of politeness and safety."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import zlib

import pytest

from archive.hosts import is_private_host
from archive.models import State
from crawler.bodies import is_cut, unpack
from crawler.breaker import Breaker
from crawler.errors import BrokenAnswerError
from crawler.plans import Counted, failed, judge, refused, retry_after, retry_at, revisit_at

NOW = dt.datetime(2026, 9, 5, 17, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f000001", "2130706433", "017700000001", "0", "10.1.2.3",
        "192.168.0.1",
        "172.16.0.1", "169.254.169.254", "100.64.0.1", "[::1]", "::1", "[::]", "[fe80::1%25eth0]",
        "[fc00::7]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::a00:1]", "[2002:7f00:1::]",
        "224.0.0.1", "255.255.255.255", "localhost", "LOCALHOST.", "a.localhost",
    ],
)  # fmt: skip
def test_a_private_address_is_known_in_any_spelling(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize("host", ["moit.gov.vn", "8.8.8.8", "[2001:4860:4860::8888]", "10.vn", ""])
def test_a_public_host_is_not_taken_for_a_private_one(host: str) -> None:
    assert not is_private_host(host)


# Without the time of day in it, so that each test has the same name each day.
zipped = functools.partial(gzip.compress, mtime=0)
PAGE = b"<html><body><p>Tin</p></body></html>"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (zipped(PAGE), "gzip"),
        (zipped(PAGE), "x-gzip"),
        (zipped(PAGE[:10]) + zipped(PAGE[10:]), "gzip"),  # two members
        (zlib.compress(PAGE), "deflate"),
        (zlib.compress(PAGE)[2:-4], "deflate"),  # without the zlib frame
        (zipped(zipped(PAGE)), "gzip, gzip"),
        (PAGE, "gzip"),  # said, not done
        (PAGE, "identity"),
    ],
)
def test_bodies_are_unpacked(body: bytes, encoding: str) -> None:
    assert unpack(body, encoding, 1000) == PAGE


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (zipped(PAGE)[:-3], "gzip", "cut short"),
        (zipped(PAGE)[:20], "gzip", "cut short"),
        (zipped(PAGE)[:10] + b"\xff" * 20, "gzip", "damaged"),
        (zipped(b"\0" * 5000), "gzip", "unpacks to more"),
        (zipped(b"\0" * 900) * 3, "gzip", "unpacks to more"),
        (PAGE, "br", "not asked for"),
    ],
)
def test_a_body_that_is_cut_damaged_or_a_bomb_is_an_error(
    body: bytes, encoding: str, words: str
) -> None:
    with pytest.raises(BrokenAnswerError, match=words):
        unpack(body, encoding, 1000)


@pytest.mark.parametrize(
    "body",
    [PAGE, PAGE + b"<!-- 0.3 s -->", PAGE + b"\n0.3 s", b"<div>Tin</div>", b"%PDF-1.7 abc", b""],
)
def test_whole_pages_are_not_taken_for_cut_ones(body: bytes) -> None:
    assert not is_cut(body)


@pytest.mark.parametrize(
    "body", [b"<html><p>Gia dien ban le", b"<html><p>Gia dien</p><a hre", b" <p>Tin</p><!-- 0.3 s"]
)
def test_a_page_that_ends_inside_its_markup_is_cut(body: bytes) -> None:
    assert is_cut(body)


def test_a_fresh_article_is_looked_at_again_a_few_times_and_an_old_one_never() -> None:
    looks, at = [], NOW
    while (look := revisit_at(NOW, at)) is not None:
        looks.append(look - NOW)
        at = look

    assert looks == [6 * HOUR, *(days * 24 * HOUR for days in (1, 3, 7, 30, 90, 365))]
    assert revisit_at(NOW - 366 * 24 * HOUR, NOW) is None


def test_a_look_is_never_due_right_after_the_last_one() -> None:
    published = NOW - 6 * HOUR + dt.timedelta(minutes=1)

    assert revisit_at(published, NOW) == published + 24 * HOUR


def test_failures_are_tried_again_ever_later_and_then_given_up() -> None:
    pauses = [retry_at(tries, NOW) for tries in range(1, 7)]

    assert pauses[-1] is None
    known = [pause for pause in pauses if pause]
    assert known == sorted(known)
    assert failed("x", 0, NOW).due_at == NOW + HOUR / 2
    assert failed("x", 9, NOW).due_at is None


@pytest.mark.parametrize(
    ("status", "state", "counted"),
    [
        (404, State.GONE, Counted.GONE),
        (410, State.GONE, Counted.GONE),
        (403, State.DUE, Counted.REFUSED),
        (429, State.DUE, Counted.REFUSED),
        (503, State.DUE, Counted.REFUSED),
        (500, State.FAILED, Counted.FAILED),
        (302, State.FAILED, Counted.FAILED),
        (206, State.FAILED, Counted.FAILED),
    ],
)
def test_a_status_is_judged(status: int, state: State, counted: Counted) -> None:
    verdict = judge(status, 0, NOW, None)

    assert (verdict.state, verdict.counted) == (state, counted)
    assert verdict.due_at is not None
    assert verdict.due_at > NOW


def test_a_page_that_is_refused_time_and_again_is_given_up_slowly() -> None:
    assert judge(403, 5, NOW, None).state is State.REFUSED
    assert refused("robots.txt", 9, NOW).due_at is None


def test_retry_after_is_waited_for_but_not_for_ever() -> None:
    assert judge(429, 0, NOW, 2 * HOUR).due_at == NOW + 2 * HOUR
    assert judge(429, 0, NOW, 9999 * HOUR).due_at == NOW + 24 * HOUR


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sat, 05 Sep 2026 17:02:00 GMT", 120),
        ("Sat, 05 Sep 2026 16:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        (None, None),
        ("99999999999999999999", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_in_seconds_or_as_a_date(
    header: str | None, seconds: int | None
) -> None:
    wanted = None if seconds is None else dt.timedelta(seconds=seconds)

    assert retry_after(header, NOW) == wanted


def test_a_good_answer_between_refusals_keeps_the_breaker_shut() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker.heard(403, None)
        breaker.heard(503, None)
        breaker.heard(200, None)

    assert breaker.reason is None


def test_the_breaker_opens_at_the_third_refusal_and_keeps_its_first_reason() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker.heard(403, None)

    assert breaker.reason == "the host refuses: it answered 403, 3 times in a row"


def test_the_breaker_waits_as_long_as_a_host_asks_but_a_minute_at_most() -> None:
    breaker = Breaker()
    breaker.heard(503, dt.timedelta(seconds=40))

    assert breaker.take_wait() == 40
    assert breaker.take_wait() == 0
    breaker.heard(429, dt.timedelta(seconds=61))
    assert breaker.reason
    assert breaker.quiet == dt.timedelta(seconds=61)


def test_the_breaker_opens_when_a_host_stays_silent() -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.silent("no answer")

    assert breaker.reason == "the host is silent: no answer"
