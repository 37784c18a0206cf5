"""The records of a WARC file, one after the other, however badly it was written.

A broken record is told as one and the reading goes on with the next: a file of a gigabyte is not
given up for a byte. Nothing is kept in memory but one record of bounded size.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from crawler.errors import NotWarcError

# A header of ours has 600 bytes; some tools write a page's whole form data into one.
LARGEST_HEADER = 64 * 1024
_PIECE = 64 * 1024
_GZIP = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/\d\.\d+\s*$")

Headers = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class WarcRecord:
    """One record: its headers by lower-case name, its block, or the fault that it cannot be read.

    ``block`` is None where nobody wanted it or it cannot be had; ``too_large`` where it is whole,
    as far as anybody knows, but longer than was asked for.
    """

    headers: Headers = field(default_factory=dict)
    block: bytes | None = None
    fault: str | None = None
    too_large: bool = False

    @property
    def kind(self) -> str:
        """WARC-Type, e.g. ``response``."""
        return self.headers.get("warc-type", "").lower()


class _DamagedError(Exception):
    """The compressed bytes are not what was written."""


class _BrokenError(Exception):
    """What stands here is no record."""


class WarcFile:
    """A WARC file open for reading; ``position`` of ``size`` bytes are read."""

    def __init__(self, path: Path, *, most: int) -> None:
        self.path = path
        self._most = most
        try:
            self._file = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise NotWarcError(f"{path} cannot be read: {error.strerror}") from error
        try:
            self._stream = _stream(self._file)
            _check_first(self._stream, path)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def position(self) -> int:
        """How many bytes of the file are read."""
        return self._file.tell()

    def records(self, wanted: Callable[[Headers], bool]) -> Iterator[WarcRecord]:
        """Each record once, with its block where it is wanted; none can raise."""
        while True:
            headers: dict[str, str] = {}
            try:
                if not _read_headers(self._stream, headers):
                    return
                yield self._block(headers, wanted(headers))
            except _BrokenError as error:
                yield WarcRecord(headers=headers, fault=str(error))
                if not self._to_next_line():
                    return
            except _DamagedError as error:
                yield WarcRecord(headers=headers, fault=str(error))
                if not self._stream.to_next_member():
                    return

    def _block(self, headers: Headers, wanted: bool) -> WarcRecord:
        length = headers.get("content-length", "").strip()
        if not (length.isdecimal() and len(length) < 16):
            raise _BrokenError("it does not say how long it is")
        size = int(length)
        if wanted and size <= self._most:
            block = self._stream.read(size)
            if len(block) < size:
                return WarcRecord(headers=headers, fault="the file ends in the middle of it")
            return WarcRecord(headers=headers, block=block)
        left = size
        while left and (piece := self._stream.read(min(left, _PIECE))):
            left -= len(piece)
        if left:
            return WarcRecord(headers=headers, fault="the file ends in the middle of it")
        return WarcRecord(headers=headers, too_large=wanted)

    def _to_next_line(self) -> bool:
        """Goes on to what looks like the next record; False at the end of the file."""
        while True:
            try:
                line = self._stream.readline(_PIECE)
                if not line:
                    return False
                if _VERSION.match(line):
                    self._stream.unread(line)
                    return True
            except _DamagedError:
                if not self._stream.to_next_member():
                    return False


class _Plain:
    """The bytes of a file that is not compressed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._buffer = b""
        self._place = 0

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end of the file."""
        pieces = []
        while size and (self._place < len(self._buffer) or self._fill()):
            piece = self._buffer[self._place : self._place + size]
            self._place += len(piece)
            size -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def readline(self, most: int) -> bytes:
        """A line with its end, or its first ``most`` bytes, or what is left at the end."""
        pieces: list[bytes] = []
        while most and (self._place < len(self._buffer) or self._fill()):
            end = self._buffer.find(b"\n", self._place, self._place + most) + 1
            piece = self._buffer[self._place : end or self._place + most]
            self._place += len(piece)
            most -= len(piece)
            pieces.append(piece)
            if end:
                break
        return b"".join(pieces)

    def unread(self, data: bytes) -> None:
        """Puts back what was read last."""
        self._buffer, self._place = data + self._buffer[self._place :], 0

    def to_next_member(self) -> bool:
        return False

    def _fill(self) -> bool:
        """Gets more bytes into the buffer, which is used up; False where there are none."""
        self._buffer, self._place = self._file.read(_PIECE), 0
        return bool(self._buffer)


class _Gzip(_Plain):
    """The members of a gzip file as one stream: a WARC file has one for each record."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._start = 0
        self._packed = b""
        self._unpacker = zlib.decompressobj(wbits=31)

    def _fill(self) -> bool:
        while True:
            if self._unpacker.eof and not self._next():
                return False
            if not self._packed:
                self._packed = self._file.read(_PIECE)
                if not self._packed:
                    if self._file.tell() == self._start:
                        return False
                    raise _DamagedError("the file ends in the middle of it")
            try:
                self._buffer, self._place = self._unpacker.decompress(self._packed, _PIECE), 0
            except zlib.error as error:
                raise _DamagedError("its compressed bytes are damaged") from error
            self._packed = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            if self._buffer:
                return True

    def _next(self) -> bool:
        """Begins the next member; False where none follows."""
        self._packed = self._packed.lstrip(b"\0") or self._file.read(_PIECE).lstrip(b"\0")
        self._start = self._file.tell() - len(self._packed)
        self._unpacker = zlib.decompressobj(wbits=31)
        return bool(self._packed)

    def to_next_member(self) -> bool:
        """Leaves a damaged member for the next one that begins with a record."""
        place = self._start + 1
        while True:
            self._file.seek(place)
            piece = self._file.read(_PIECE)
            found = piece.find(_GZIP)
            if found < 0:
                if len(piece) < _PIECE:
                    return False
                place += len(piece) - len(_GZIP) + 1
            elif self._begins_at(place + found):
                return True
            else:
                place += found + 1

    def _begins_at(self, place: int) -> bool:
        self._file.seek(place)
        self._packed, self._start = self._file.read(_PIECE), place
        self._buffer, self._place = b"", 0
        self._unpacker = zlib.decompressobj(wbits=31)
        try:
            begins = zlib.decompressobj(wbits=31).decompress(self._packed, 5)
        except zlib.error:
            return False
        return begins == b"WARC/"


def _stream(file: IO[bytes]) -> _Plain:
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    return _Gzip(file) if packed else _Plain(file)


def _check_first(stream: _Plain, path: Path) -> None:
    try:
        line = stream.readline(_PIECE)
    except _DamagedError as error:
        raise NotWarcError(f"{path} is no WARC file: {error}") from error
    if line.startswith(b"WARC/"):
        stream.unread(line)
        return
    if not line:
        raise NotWarcError(f"{path} is empty: get it again")
    if line.startswith(b"filedesc:"):
        raise NotWarcError(
            f"{path} is an ARC file, the format before WARC: "
            "`warcio recompress OLD.arc.gz NEW.warc.gz` makes a WARC file of it"
        )
    if line.startswith(b"\x28\xb5\x2f\xfd"):
        raise NotWarcError(f"{path} is compressed with zstd: unpack it with `zstd -d`")
    raise NotWarcError(f"{path} is no WARC file: it begins with {line[:20]!r}")


def _read_headers(stream: _Plain, headers: dict[str, str]) -> bool:
    """Fills in the headers of the next record; False at the end of the file."""
    line = b"\n"
    while line and not line.strip():  # two empty lines end a record, and some tools write more
        line = stream.readline(_PIECE)
    if not line:
        return False
    if not _VERSION.match(line):
        raise _BrokenError("it does not begin as a record")
    left, name = LARGEST_HEADER, ""
    while (line := stream.readline(left)).strip():
        left -= len(line)
        if left <= 0:
            raise _BrokenError(f"its header is longer than {LARGEST_HEADER:,} bytes")
        text = line.decode("utf-8", "replace")
        if text[0] in " \t" and name:
            headers[name] += " " + text.strip()
        else:
            key, _, value = text.partition(":")
            name = key.strip().lower()
            headers.setdefault(name, value.strip())
    if not line:
        raise _BrokenError("the file ends in the middle of its header")
    return True
