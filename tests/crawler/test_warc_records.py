"""Files of records, good, bad and strange, read to their end."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.errors import NotWarcError
from crawler.warc_records import LARGEST_HEADER, WarcFile, WarcRecord
from tests.crawler.warc_bytes import members, record

MOST = 1_000_000
RECORDS = [record("response", f"https://a.vn/{n}", b"bai so %d" % n * 50) for n in range(3)]


def read(path: Path, *, wanted: bool = True) -> list[WarcRecord]:
    with WarcFile(path, most=MOST) as file:
        return list(file.records(lambda _: wanted))


def write(folder: Path, data: bytes) -> Path:
    path = folder / "x.warc.gz"
    path.write_bytes(data)
    return path


def blocks(records: list[WarcRecord]) -> list[bytes | str | None]:
    return [one.fault or (one.block or b"")[:8] for one in records]


@pytest.mark.parametrize(
    "packed",
    [
        b"".join,
        lambda records: members(*records),
        lambda records: gzip.compress(b"".join(records)),
        lambda records: members(*records) + b"\0" * 512,
    ],
    ids=["plain", "a member each", "one member", "padded"],
)
def test_each_record_is_read_however_the_file_is_packed(
    tmp_path: Path, packed: Callable[[list[bytes]], bytes]
):
    assert blocks(read(write(tmp_path, packed(RECORDS)))) == [b"bai so 0", b"bai so 1", b"bai so 2"]


@pytest.mark.parametrize("version", ["0.18", "1.0", "1.1"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_versions_and_line_ends_make_no_difference(tmp_path: Path, version: str, end: bytes):
    data = record("response", "https://a.vn/", b"tin", version=version, end=end) * 2
    found = read(write(tmp_path, data))

    assert [(one.kind, one.block) for one in found] == [("response", b"tin")] * 2


def test_headers_are_known_by_lower_case_and_joined_where_they_are_folded(tmp_path: Path):
    data = record("response", "https://a.vn/", b"", X_Long="giá\r\n  điện")
    (found,) = read(write(tmp_path, data))

    assert found.headers["x-long"] == "giá điện"


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (RECORDS[1].replace(b"Content-Length", b"Content-Lenght"), "how long"),
        (RECORDS[1].replace(b"Content-Length: ", b"Content-Length: -"), "how long"),
        (RECORDS[1].replace(b"WARC/1.0", b"HTTP/1.0"), "begin"),
        (record("response", "https://a.vn/", b"x", X=LARGEST_HEADER * "h"), "longer"),
    ],
)
@pytest.mark.parametrize("packed", [b"".join, lambda records: members(*records)])
def test_a_broken_record_is_told_and_the_next_one_is_read(
    tmp_path: Path, broken: bytes, fault: str, packed: Callable[[list[bytes]], bytes]
):
    found = read(write(tmp_path, packed([RECORDS[0], broken, RECORDS[2]])))

    assert [one.fault is None for one in found] == [True, False, True]
    assert fault in str(found[1].fault)
    assert found[2].headers["warc-target-uri"] == "https://a.vn/2"


def test_a_damaged_member_is_told_and_the_next_one_is_read(tmp_path: Path):
    first, second, third = (members(one) for one in RECORDS)
    damaged = second[:40] + bytes(byte ^ 0x55 for byte in second[40:60]) + second[60:]
    found = read(write(tmp_path, first + damaged + third))

    assert [one.fault for one in found] == [None, "its compressed bytes are damaged", None]
    assert found[2].headers["warc-target-uri"] == "https://a.vn/2"


@pytest.mark.parametrize("packed", [b"".join, lambda records: members(*records)])
def test_a_file_that_ends_too_early_is_told_once(
    tmp_path: Path, packed: Callable[[list[bytes]], bytes]
):
    whole = packed(RECORDS)
    for cut in (len(whole) - 40, len(whole) - len(packed(RECORDS[2:])) // 2):
        found = read(write(tmp_path, whole[:cut]))
        assert [one.fault is None for one in found] == [True, True, False]
        assert "ends in the middle" in str(found[2].fault)


def test_what_is_too_large_or_not_wanted_is_passed_over(tmp_path: Path):
    large = record("response", "https://a.vn/", b"d" * (MOST + 1))
    path = write(tmp_path, members(large, RECORDS[0]))

    assert [(one.too_large, one.block is None) for one in read(path)] == [
        (True, True),
        (False, False),
    ]
    assert [(one.too_large, one.block) for one in read(path, wanted=False)] == [(False, None)] * 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (gzip.compress(b""), "empty"),
        (b"filedesc://x.arc 0.0.0.0 20080430204825 text/plain 76\n1 0 LiveWeb", "ARC file"),
        (gzip.compress(b"filedesc://x.arc 0.0.0.0 2008 text/plain 76\n"), "recompress"),
        (b"<html>", "no WARC file"),
        (b"PK\x03\x04", "no WARC file"),
        (b"\x28\xb5\x2f\xfd\x04", "zstd -d"),
        (b"\x1f\x8b\x08 broken from the start", "damaged"),
        (gzip.compress(b"WARC/1.0")[:12], "ends in the middle"),
    ],
    ids=[
        "empty",
        "empty member",
        "ARC",
        "packed ARC",
        "page",
        "zip",
        "zstd",
        "damaged member",
        "cut member",
    ],
)
def test_what_is_no_warc_file_is_refused_with_what_to_do(tmp_path: Path, data: bytes, told: str):
    with pytest.raises(NotWarcError, match=told):
        WarcFile(write(tmp_path, data), most=MOST)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(NotWarcError, match=r"none\.warc cannot be read"):
        WarcFile(tmp_path / "none.warc", most=MOST)
