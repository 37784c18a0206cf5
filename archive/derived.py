"""All that is read off an article's text, and how it is stored beside the article.

Done article by article, each kind of work finds the processor's memory full of what the others
left there: kind by kind for a batch, the same work costs a third less. So a caller may have each
`KINDS` made for a whole batch before it stores it, and what is written beside the rows of the
articles is written where their transaction ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from archive.bands import Bands
from archive.citing import Row, cited, keep_citations
from archive.index_schema import index_now
from archive.models import Article
from archive.stories import Signed, keep_story
from archive.text import d_forms_in, distinct_words, nfc
from archive.wording import content_hash
from archive.words import WordList

# In the order in which they are made.
SIGNATURE = "signature"
KINDS = ("words", "hash", "forms", "citations", SIGNATURE)


@dataclass(frozen=True)
class Derived:
    """What is read off an article; each part is made when it is first asked for. Pure."""

    article: Article

    @cached_property
    def _text(self) -> str:
        parts = (self.article.title, self.article.lead, self.article.text)
        return "\n".join(filter(None, parts))

    @cached_property
    def words(self) -> dict[str, None]:
        """The words of title, lead and text, each once."""
        return distinct_words(self._text)

    @cached_property
    def hash(self) -> str:
        return content_hash(self.article)

    @cached_property
    def forms(self) -> str | None:
        """What `archive.text.d_forms` gives."""
        plain = nfc(self._text)
        return d_forms_in(self.words if plain is self._text else distinct_words(plain))

    @cached_property
    def citations(self) -> list[Row]:
        return cited(self.article)

    @cached_property
    def signed(self) -> Signed:
        return Signed.of(self.article)

    @property
    def signature(self) -> tuple[bytes, list[int]]:
        """What tells its signature from others, and what it is looked up by."""
        return self.signed.mark, self.signed.keys

    def make(self, kind: str) -> None:
        """Makes one of `KINDS`."""
        getattr(self, kind)


def derived(articles: Iterable[Article]) -> list[Derived]:
    """What is read off some articles, made kind by kind."""
    found = [Derived(article) for article in articles]
    for kind in KINDS:
        for each in found:
            each.make(kind)
    return found


class Deriver:
    """Writes what is read off articles, on their archive's connection, kind by kind."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._words = WordList(connection)
        self._bands = Bands(connection)
        self._waiting: list[tuple[int, Derived, bool]] = []

    def add(self, article_id: int, derived: Derived, *, is_changed: bool) -> None:
        """Has an article's parts written with those of others, in their order."""
        self._waiting.append((article_id, derived, is_changed))

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def write(self) -> None:
        """Writes all that waits, and the full text of those that are new; joins the transaction."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        index_now(self._connection)
        for article_id, derived, _ in waiting:
            keep_citations(self._connection, article_id, derived.citations)
        for _, derived, is_changed in waiting:
            if is_changed:
                self._words.keep(derived.words)
        for article_id, derived, _ in waiting:
            keep_story(self._bands, article_id, derived.signed)
        self._bands.write_if_many()

    def finish(self) -> None:
        """Writes what would have waited for more articles; joins the transaction."""
        self._bands.write()

    def forget(self, after: int) -> None:
        """Leaves out what waits behind so many: its transaction was rolled back."""
        del self._waiting[after:]
        self._words.forget()
        self._bands.forget()
