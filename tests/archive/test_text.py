import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from archive.text import clean, d_forms, fold, nfc, syllables

VIETNAMESE = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
)


def test_every_vietnamese_letter_folds_to_its_base_letter_in_both_cases_and_forms():
    for letter in VIETNAMESE + VIETNAMESE.upper():
        assert fold(letter) in "abcdeghiklmnopqrstuvxy"
        assert fold(unicodedata.normalize("NFD", letter)) == fold(letter)


@given(st.text())
def test_folding_twice_changes_nothing(text: str):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str):
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zs"])))
def test_nothing_invisible_survives_cleaning(text: str):
    assert not set(clean(text)) & {
        "\x00",
        "\x1b",
        "\x9b",
        "\u200b",
        "\ufeff",
        "\u202e",
        "\u00a0",
        "\ud800",
    }


def test_line_breaks_of_every_kind_survive_cleaning_as_newlines():
    assert clean("một\r\nhai\rba\u2028bốn\nnăm") == "một\nhai\nba\nbốn\nnăm"


def test_decomposed_text_is_composed():
    assert nfc(unicodedata.normalize("NFD", "Bộ Công Thương")) == "Bộ Công Thương"
    assert clean(unicodedata.normalize("NFD", " thuế quan ")) == "thuế quan"


def test_d_forms_hold_each_syllable_once_and_only_those_with_d_with_stroke():
    assert d_forms("Đường dây 500 kV đưa ĐIỆN", "điện về Đắk Lắk") == "duong dua dien dak"
    assert d_forms("dân dụng", None, "") is None
    assert d_forms("doanh-nghiệp_đầu_tư") == "dau"


def test_syllables_are_cut_at_punctuation_and_underscores():
    assert syllables("TP.HCM: 16.294,9 tỉ_đồng") == ["tp", "hcm", "16", "294", "9", "ti", "dong"]


def test_every_character_that_unicode_calls_control_format_or_surrogate_is_cleaned_away():
    hidden = {c for c in map(chr, range(0x110000)) if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    kept = hidden - set("\t\n\r\x0b\x0c\x85")
    assert clean("a" + "".join(sorted(kept)) + "b") == "ab"
