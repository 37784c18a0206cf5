"""The searches that ours is measured beside find what they are asked for, where they are there."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.text import fold
from benchmarks import search_peers
from benchmarks.peers.process import PeerError
from benchmarks.peers.serving import Row
from benchmarks.search_peers import PEERS, RunningPeer, SearchPeer, started, tokens, written
from benchmarks.synthetic import articles

MADE: list[Row] = [
    (number, article.title, article.lead or "", "\n".join(block.text for block in article.blocks))
    for number, (_, article) in enumerate(articles(50), 1)
]
OWN: list[Row] = [
    (101, "Giá điện tăng", "", "Hàng xuất khẩu của tỉnh."),
    (102, "Giá xăng giảm", "", "Hàng khẩu xuất; zzyzx của Đắk Lắk."),
    (103, "Zzyzx", "", "Một từ trong tiêu đề, và những từ khác của bài này."),
]


def clusters() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("moit-news-postgresql-*"))


@pytest.fixture(scope="module", params=PEERS, ids=lambda peer: peer.name)
def peer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningPeer]:
    wanted: SearchPeer = request.param
    if reason := wanted.absent():
        pytest.skip(f"{wanted.name} cannot be asked here: {reason}")
    with wanted.over(written(MADE + OWN, tmp_path_factory.mktemp("peer"))) as running:
        yield running


def test_a_title_finds_its_article_with_and_without_accents(peer: RunningPeer):
    first = {
        typed: peer.ask(typed)[1][:1] for _, title, *_ in MADE for typed in (title, fold(title))
    }

    assert {typed: ids for typed, ids in first.items() if len(ids) != 1} == {}
    for number, title, *_ in MADE:
        assert first[title] == first[fold(title)] == [number]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ('"xuất khẩu" zzyzx', set()),
        ('"khẩu xuất" zzyzx', {102}),
        ("zzyzx -đắk", {103}),
        ("(điện OR zzyzx) giá tăng xuất khẩu tỉnh -đồng", {101}),
        ("zzy* xăng", {102}),
        ("dak lak zzyzx", {102}),
        ("zzyzx nowhere", set()),
    ],
)
def test_a_query_means_the_same_to_each(peer: RunningPeer, typed: str, ids: set[int]):
    assert set(peer.ask(typed)[1]) == ids


def test_a_word_in_the_title_counts_more(peer: RunningPeer):
    assert peer.ask("zzyzx")[1] == [103, 102]


def test_time_and_size_are_told(peer: RunningPeer):
    seconds, ids = peer.ask("và")

    assert len(ids) == 20
    assert 0 < seconds < 10
    assert 0 < peer.cpu < 60
    assert peer.size > 1_000
    assert peer.name in str(peer)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("5/2015/TT-BCT, 8% -thuế", ["5", "2015", "tt", "bct", "8", "-thue"]),
        ("(giá OR Điện) nôn*", ["(", "gia", "OR", "dien", ")", "non*"]),
        ('-"', []),
        ('"xuất khẩu" (-giá)', ['"xuat khau"', "(", "-gia", ")"]),
    ],
)
def test_a_query_is_taken_apart(typed: str, asked: list[str]):
    assert tokens(typed) == asked


def test_a_peer_that_is_not_there_is_left_out_in_words(tmp_path: Path):
    lacking = SearchPeer(name="None", module="search_none", lacking=lambda: "nobody wrote it")
    broken = SearchPeer(name="Broken", module="search_broken")

    with started([lacking, broken], written(OWN, tmp_path)) as (running, absent):
        assert running == []
    assert absent[0] == "None is not measured: nobody wrote it."
    assert "No module named benchmarks.peers.search_broken" in absent[1]


def test_the_server_and_its_folder_are_gone_even_after_an_error(tmp_path: Path):
    (postgresql,) = (each for each in PEERS if each.name == "PostgreSQL")
    if reason := postgresql.absent():
        pytest.skip(f"PostgreSQL cannot be asked here: {reason}")
    before = clusters()
    with postgresql.over(written(OWN, tmp_path)) as running:
        made = clusters() - before
        running.process.process.terminate()
        with pytest.raises(PeerError, match="told to end"):
            running.ask("giá")

    assert made
    assert not made & clusters()


def test_an_environment_that_cannot_be_made_is_told(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(search_peers, "BUILD", tmp_path)
    assert "search_peers makes it" in (PEERS[0].absent() or "")
