"""How Vietnam names its legal documents: kinds, their codes in numbers, and who issues them."""

from enum import StrEnum
from functools import lru_cache

from archive.text import fold

# Codes and bodies are few and stand in every article: folding each again was half of the time.
fold_word = lru_cache(maxsize=4096)(fold)


class Kind(StrEnum):
    """What a legal document is; the value is its name in Vietnamese."""

    LAW = "Luật"
    CODE = "Bộ luật"
    ORDINANCE = "Pháp lệnh"
    ORDER = "Lệnh"
    RESOLUTION = "Nghị quyết"
    JOINT_RESOLUTION = "Nghị quyết liên tịch"
    DECREE = "Nghị định"
    DECISION = "Quyết định"
    CIRCULAR = "Thông tư"
    JOINT_CIRCULAR = "Thông tư liên tịch"
    DIRECTIVE = "Chỉ thị"
    TELEGRAM = "Công điện"
    LETTER = "Công văn"
    NOTICE = "Thông báo"
    PLAN = "Kế hoạch"
    PROGRAMME = "Chương trình"
    SUBMISSION = "Tờ trình"
    REPORT = "Báo cáo"
    CONCLUSION = "Kết luận"
    REGULATION = "Quy định"
    GUIDANCE = "Hướng dẫn"
    CONSOLIDATION = "Văn bản hợp nhất"
    DOCUMENT = "Văn bản"  # the text does not say which: 54/2019/QH14 may be law or resolution


# The code of a kind in a number, as it is written.
CODES = {
    "TT": Kind.CIRCULAR,
    "TTLT": Kind.JOINT_CIRCULAR,
    "NĐ": Kind.DECREE,
    "NQ": Kind.RESOLUTION,
    "NQLT": Kind.JOINT_RESOLUTION,
    "QĐ": Kind.DECISION,
    "CT": Kind.DIRECTIVE,
    "CĐ": Kind.TELEGRAM,
    "CV": Kind.LETTER,
    "TB": Kind.NOTICE,
    "KH": Kind.PLAN,
    "CTr": Kind.PROGRAMME,
    "TTr": Kind.SUBMISSION,
    "BC": Kind.REPORT,
    "KL": Kind.CONCLUSION,
    "HD": Kind.GUIDANCE,
    "PL": Kind.ORDINANCE,
    "L": Kind.ORDER,
    "VBHN": Kind.CONSOLIDATION,
}
WRITTEN_CODES = {fold(code): code for code in CODES}

# Kinds as words before a number, folded; the longer first, so that a pattern takes them whole.
WORDS = {fold(kind.value): kind for kind in sorted(Kind, key=len, reverse=True)}
SHORT_WORDS = {
    "nd": Kind.DECREE,
    "tt": Kind.CIRCULAR,
    "qd": Kind.DECISION,
    "nq": Kind.RESOLUTION,
    "ttlt": Kind.JOINT_CIRCULAR,
}

# What stands before a number that looks like a letter's: without it only known bodies are taken.
LETTER_WORDS = {
    "cong van": Kind.LETTER,
    "cv": Kind.LETTER,
    "van ban": Kind.LETTER,
    "cong ham": Kind.LETTER,
} | {
    fold(kind.value): kind
    for kind in (Kind.TELEGRAM, Kind.NOTICE, Kind.SUBMISSION, Kind.REPORT, Kind.PLAN)
}
# Papers of business and of courts that are numbered alike and are no legal documents.
OTHER_PAPERS = (
    *("hop dong", "giay phep", "giay moi", "giay chung nhan", "bien ban", "ban an", "hoa don"),
    *("chung chi", "phu luc", "ho so", "giay uy quyen"),
)

STATE_BODIES = (
    *("CP", "TTg", "CTN", "UBND", "HĐND", "VPCP", "VPQH", "VPCTN", "TTCP", "KTNN", "NHNN", "UBDT"),
    *("BCT", "BTC", "BKHĐT", "BKH", "BGTVT", "BXD", "BYT", "BNNPTNT", "BNN", "BNNMT", "BTNMT"),
    *("BKHCN", "BTTTT", "BTP", "BNV", "BLĐTBXH", "BCA", "BQP", "BGDĐT", "BVHTTDL", "BNG", "BDTTG"),
    *("TANDTC", "VKSNDTC", "HĐTP", "UBCKNN", "BHXH", "TCT", "TCHQ", "CHQ", "TCĐBVN", "TLĐ", "UBCK"),
    *("EVN", "PVN", "TKV", "SCT", "QLTT", "TCQLTT", "ĐTĐL", "HĐBT", "BCĐ"),
)
# The Party puts the code before the slash: 68-NQ/TW, not 68/NQ-TW.
PARTY_BODIES = ("TW", "TU", "HU", "ĐU", "BTCTW", "BTGTW", "UBKTTW", "VPTW", "BNCTW", "BCSĐ")
WRITTEN_BODIES = {fold(body): body for body in (*STATE_BODIES, *PARTY_BODIES)}
# Organs of companies: their resolutions look like the state's.
COMPANY_ORGANS = {"dhdcd", "dhcd", "hdqt", "hdtv", "bks"}

# Bodies by their names, folded, as a text says "Thông tư 38/2016 của Bộ Công Thương".
NAMED_BODIES = {
    "chinh phu": "CP",
    "thu tuong": "TTg",
    "quoc hoi": "QH",
    "ngan hang nha nuoc": "NHNN",
    "nhnn": "NHNN",
    "thanh tra chinh phu": "TTCP",
    "bo cong thuong": "BCT",
    "bo tai chinh": "BTC",
    "bo ke hoach va dau tu": "BKHĐT",
    "bo giao thong van tai": "BGTVT",
    "bo xay dung": "BXD",
    "bo y te": "BYT",
    "bo nong nghiep va phat trien nong thon": "BNNPTNT",
    "bo nong nghiep va moi truong": "BNNMT",
    "bo tai nguyen va moi truong": "BTNMT",
    "bo khoa hoc va cong nghe": "BKHCN",
    "bo thong tin va truyen thong": "BTTTT",
    "bo tu phap": "BTP",
    "bo noi vu": "BNV",
    "bo lao dong - thuong binh va xa hoi": "BLĐTBXH",
    "bo lao dong, thuong binh va xa hoi": "BLĐTBXH",
    "bo cong an": "BCA",
    "bo quoc phong": "BQP",
    "bo giao duc va dao tao": "BGDĐT",
    "bo van hoa, the thao va du lich": "BVHTTDL",
    "bo ngoai giao": "BNG",
    "bo dan toc va ton giao": "BDTTG",
}

# Years that belong to one National Assembly alone; in the others two of them passed laws.
_ASSEMBLIES = {
    11: range(2003, 2007),
    12: range(2008, 2011),
    13: range(2012, 2016),
    14: range(2017, 2021),
    15: range(2022, 2026),
}


def assembly(year: int) -> int | None:
    """The one National Assembly that passed laws in a year.

    >>> assembly(2024), assembly(2021)
    (15, None)
    """
    return next((number for number, years in _ASSEMBLIES.items() if year in years), None)
