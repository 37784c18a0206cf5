"""Signatures are kept for years: what makes them must not change without a new MAKER."""

import hashlib

import pytest

from archive.minhash import MAKER, sign

LONG = " ".join(f"Câu thứ {n} nói về kỹ thuật ĐIỆN lực, đường dây {n * 7} kV." for n in range(300))
KEPT = {
    LONG: "0a11ada8460597b5",
    LONG[:900]: "c6775ce71a4e9917",
    "Giá điện": "b954a8b59b141125",
    "": "b954a8b59b141125",
}


def digest(text: str) -> str:
    signature = sign(text)
    said = (signature.size, signature.look_up_keys(), signature.to_bytes())
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@pytest.mark.parametrize("text", KEPT, ids=["long", "middling", "two syllables", "nothing"])
def test_a_signature_is_what_files_hold_that_were_made_before(text: str):
    assert MAKER == 1
    assert digest(text) == KEPT[text]
