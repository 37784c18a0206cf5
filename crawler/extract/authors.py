"""Bylines become people: never a site's name, an address, an agency or a "Theo …"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.text import fold

# "Theo" (according to), "Tác giả" (author), "Bài, ảnh" (text, pictures) and the like.
_PREFIX = re.compile(
    r"^\W*(?:(?:tác giả|bài viết|bài và ảnh|bài, ảnh|bài|tin, ảnh|tin|thực hiện|biên soạn|nội dung"
    r"|người viết|by|author|nguồn|source)\s*[:：]\s*|(?:theo|by)[\s:]+)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]?")
_BETWEEN = re.compile(r"\s*(?:[,;/&|•·\n]|\s[-–—]+\s|\svà\s|\sand\s)\s*", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"@|https?:|www\.|\.(?:vn|com|net|org)\b|\d|[!?:=<>{}\"“”]", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*(?:@|https?:|www\.)\S*")
_MORE_TEXT = re.compile(r"\b(?:ảnh|video|đồ họa|nguồn|tổng hợp|dịch)\s*:.*$", re.IGNORECASE)
# What a name did: "Mai An thực hiện" (made), "ghi" (wrote down), "lược dịch" (translated).
_DID = re.compile(r"\s+(?:thực hiện|(?:lược )?ghi|tổng hợp|(?:lược|biên) dịch|biên soạn)\W*$")
_LONGEST = 50
_LONGEST_LINE = 300
_MOST_WORDS = 7

# What stands where a name should: institutions by how they begin (with accents, because Vũ is a
# family name and Vụ a department), papers and agencies by their whole name, folded.
_INSTITUTION = re.compile(
    r"^(?:báo|tạp chí|cổng thông tin|cổng ttđt|bộ|sở|cục|vụ|ban|viện|hội|hiệp hội|ủy ban|uỷ ban"
    r"|ubnd|văn phòng|trung tâm|công ty|tập đoàn|ngân hàng|hãng|đài|thông tấn|tòa soạn|toà soạn"
    r"|kênh|truyền hình|phòng|các|những|trang|website|chuyên trang|admin|administrator|editor|user"
    r"|guest|unknown|null|none|tin|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|tổng hợp|theo)(?:\s|$)",
    re.IGNORECASE,
)
_OUTLET = re.compile(
    r"p\.?v\.?|nhom (?:pv|phong vien)|phong vien|bbt|ctv|vns"
    r"|ttxvn|vna|vietnam\+|vietnamplus|vnplus|reuters|afp|ap|bloomberg|cnbc|bbc|cnn|xinhua"
    r"|tan hoa xa|sputnik|tass|kyodo|yonhap|nikkei|guardian|the guardian|new york times"
    r"|wall street journal|financial times|vnexpress|vne|tuoi tre|tuoi tre online"
    r"|tuoitre online|thanh nien|dan tri|nguoi lao dong|tien phong|lao dong|nhan dan"
    r"|dai doan ket|vietnamnet|vtv|vtv\.vn|vtv news|vov|vov\.vn|cafef|vneconomy|vietnambiz"
    r"|zing|znews|bnews|24h|eva|dau tu|phap luat tp\.hcm|plo|ha noi moi|sai gon giai phong"
    r"|sggp|kinh te do thi|cong thuong|tai chinh|chinhphu|moit|kenh14|soha|viettimes"
    r"|nguoi dua tin|nguoi quan sat|an ninh tien te|markettimes|nhip song thi truong"
    r"|nhip song kinh te|doi song va phap luat|the thao va van hoa|phu nu viet nam"
    r"|phu nu moi|giao thong|cong an nhan dan|quan doi nhan dan"
)


def people(texts: Iterable[str], not_people: Iterable[str] = ()) -> tuple[str, ...]:
    """The persons that bylines name, each once, in order; ``not_people`` are names of the site.

    >>> people(["Theo Lê Tỉnh (Người Lao Động)", "Mai An - Đỗ Bình", "tuoitre.vn", "Theo TTXVN"])
    ('Lê Tỉnh', 'Mai An', 'Đỗ Bình')
    """
    banned = {_plain(name) for name in not_people}
    found: dict[str, str] = {}
    for text in texts:
        for part in _BETWEEN.split(_bare(text[:_LONGEST_LINE])):
            name = _undoubled(part.strip(" .,-–—_*|"))
            if _is_person(name, banned):
                found.setdefault(_plain(name), name)
    return tuple(found.values())


def is_byline(text: str) -> bool:
    """Whether a short line holds nothing but names: every word begins with a capital letter.

    >>> is_byline("Hà Thu (tổng hợp)"), is_byline("Giá điện năm 2026")
    (True, False)
    """
    bare = _bare(text[:_LONGEST_LINE])
    words = [word for word in re.split(r"[\s\-–—,/&]+", bare) if word and word.lower() != "và"]
    named = all(word[0].isupper() and word.strip(".").isalpha() for word in words)
    return bool(words) and len(words) <= 9 and named and bool(people([text]))


def _bare(text: str) -> str:
    text = _BRACKETS.sub("", _ADDRESS.sub("", text)).strip()
    while (shorter := _PREFIX.sub("", text)) != text:
        text = shorter
    return _DID.sub("", _MORE_TEXT.sub("", text).strip())


def _undoubled(name: str) -> str:
    """One name where a picture's text and the link's text stand together."""
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half and words[:half] == words[half:] else name


def _is_person(name: str, banned: set[str]) -> bool:
    plain = _plain(name)
    return (
        1 < len(name) <= _LONGEST
        and len(name.split()) <= _MOST_WORDS
        and any(letter.isalpha() for letter in name)
        and not _NOT_A_NAME.search(name)
        and plain not in banned
        and not _OUTLET.fullmatch(plain)
        and not _is_branch(name)
        and not _INSTITUTION.match(name)
    )


def _is_branch(name: str) -> bool:
    """An agency's office: "VOV-Tây Nguyên"."""
    agency, dash, _ = name.partition("-")
    return bool(dash) and agency.isupper() and bool(_OUTLET.fullmatch(_plain(agency)))


def _plain(name: str) -> str:
    return " ".join(fold(name).split())
