"""Reader: one page under a site's selectors, field by field, layer by layer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from urllib.parse import urljoin, urlsplit

from archive.errors import UrlError
from archive.models import Attachment, BlockKind, Image, TimeOrigin
from archive.urls import canonical
from archive.wording import RELATIVE
from crawler.errors import NoTitleError
from crawler.extract import generic, json_ld, nearby, sections
from crawler.extract.authors import people
from crawler.extract.body import Body, read_body
from crawler.extract.byline import find_byline
from crawler.extract.images import attachments, images, pictures_in
from crawler.extract.select import Found, elements, select
from crawler.extract.times import Moment, read_time
from crawler.extract.tree import Element, Tree, spaced_text_of, text_of, words
from crawler.site import Selector, Site

_VIETNAMESE = re.compile(
    r"[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.I
)
_COMMONEST = "đưàơáạế"
# "Theo" (according to) and "Nguồn" (source) before a paper's name.
_THEO = re.compile(r"^\W*(?:theo|nguồn|source)\b\s*:?\s*", re.IGNORECASE)
_LEAST_VIETNAMESE = 0.04
_LONGEST_BASE = 2000
_REGISTRIES = {"com", "gov", "edu", "org", "net"}
_LANGUAGE_SAMPLE = 2000
# A page shows and tells a handful; a time in words takes a millisecond to understand.
_MOST_TIMES = 10
_MOST_CANONICAL = 5
# A body has some hundred elements; thousands of nested ones without text are built to hurt.
_MOST_WALKED = 60_000
# Old leads end in a pointer to another story: ">> Đường lên bản bị chia cắt".
_POINTER = re.compile(r"\s*(?:>>|»|➤).*$", re.DOTALL)


@dataclass
class Reader:
    """A page being read: what was found so far says where to look for the rest."""

    tree: Tree
    site: Site
    layers: dict[str, str] = field(default_factory=dict)
    title_node: Element | None = None
    time_node: Element | None = None
    body_node: Element | None = None

    @cached_property
    def names(self) -> set[str]:
        """What the site calls itself: these are no authors, and stand behind titles."""
        names = set(self._own_names)
        for address in {*self.site.hosts, urlsplit(self.tree.page.final_url).netloc}:
            bare = address.lower().removeprefix("www.")
            # "amp.baokhoi.vn": the first label may name an edition, the second the paper.
            names |= {bare, *bare.split(".")[:-1][:2]} - _REGISTRIES
        return names - {""}

    @cached_property
    def base(self) -> str:
        node = next(self.tree.root.iter("base"), None)
        try:
            return urljoin(
                self.tree.page.final_url,
                (node.get("href") or "")[:_LONGEST_BASE] if node is not None else "",
            )
        except ValueError:
            return self.tree.page.final_url

    def title(self) -> str:
        for selector, found in self._chain("title"):
            text = found[0].text
            if found[0].origin is not TimeOrigin.SHOWN:
                text = generic.without_site_name(text, self.names)
            if text:
                self.title_node = self._take("title", selector, found[:1])
                return text
        raise NoTitleError(f"no selector of {self.site.slug} and no finder found a title")

    def lead(self) -> str | None:
        for selector, found in self._chain("lead"):
            text = self._without_prefix(self._kept_text(found[0]))
            if text:
                self._take("lead", selector, found[:1])
                return text
        return None

    def _kept_text(self, found: Found) -> str:
        """The text without what the site drops, such as a place glued before the lead."""
        dropped = self._dropped(found.element) if found.element is not None else set()
        return (
            text_of(found.element, dropped) if dropped and found.element is not None else found.text
        )

    def _without_prefix(self, lead: str) -> str:
        lead = _POINTER.sub("", lead)
        for pattern in self.site.lead_prefixes:
            lead = re.sub(rf"^(?:{pattern})", "", lead).strip()
        return lead

    def published(self) -> tuple[Moment | None, TimeOrigin | None]:
        """The first plausible time; the minute may come from a later layer that tells that day."""
        day: tuple[Moment, TimeOrigin] | None = None
        for selector, found in self._chain("published"):
            for one in found[:_MOST_TIMES]:
                moment = self._moment(one)
                if moment is None:
                    continue
                if day is None:
                    self.time_node = self._take("published", selector, [one])
                    self.layers["published"] += RELATIVE if moment.is_relative else ""
                    day = (moment, one.origin)
                elif moment.has_minute and moment.at.date() == day[0].at.date():
                    self.layers["published"] += f"; minute from {selector}"
                    day = (moment, day[1])
                if day[0].has_minute:
                    return day
        return day or (None, None)

    def _moment(self, found: Found) -> Moment | None:
        base, formats = self.tree.page.fetched_at, self.site.date_formats
        moment = read_time(found.text, formats, base)
        if moment or found.element is None:
            return moment
        return read_time(spaced_text_of(found.element), formats, base)

    def modified(self) -> dt.datetime | None:
        for selector, found in self._chain("modified"):
            moment = self._moment(found[0])
            if moment:
                self.layers["modified"] = str(selector)
                return moment.at
        return None

    def authors(self) -> tuple[str, ...]:
        """The people that the site's or family's own selectors name."""
        return self._authors(lambda selector: selector.layer != "generic")

    def signed(self, body: Body) -> tuple[str, ...]:
        """The people that signed the body, else whom the generic layer names."""
        told = self._authors(lambda selector: selector.layer == "generic")
        names = people(body.signature, self.names)
        if names and not _are_fuller(told, names):
            self.layers["authors"] = "byline in the body"
            return names
        return told

    def _authors(self, wanted: Callable[[Selector], bool]) -> tuple[str, ...]:
        for selector, found in self._chain("authors", wanted):
            names = people((one.text for one in found), self.names)
            if names:
                self._take("authors", selector, found)
                return names
        return ()

    def origin(self) -> str | None:
        """The paper or agency that the site's selectors say the article is from."""
        for selector, found in self._chain("origin"):
            if text := self._outlet(found[0].text):
                self._take("origin", selector, found[:1])
                return text
        return None

    def signed_origin(self, body: Body) -> str | None:
        """The paper or agency in the last lines of the body: "(Theo TTXVN)"."""
        lines = [text for text in body.signature if _THEO.match(text)]
        texts = [text for line in lines if not people([line]) and (text := self._outlet(line))]
        if texts:
            self.layers["origin"] = "signature of the body"
        return texts[0] if texts else None

    def _outlet(self, text: str) -> str | None:
        """The name of another paper without "Theo" and brackets; a long text names none."""
        name = _THEO.sub("", text).strip(" ()[]-–.:")
        own = words(name) in {words(one) for one in self.names}
        return name if 1 < len(name) <= 80 and not own else None

    def sections(self, title: str) -> tuple[str, ...]:
        """The path of sections, outermost first; the nearest layer says where it ends.

        A nearer layer often names the last one alone, and a later one the path to it.
        """
        nearest: tuple[str, ...] = ()
        for selector, found in self._chain("section"):
            told = sections.path(sections.listed(found), title, self._own_names)
            if told and not nearest:
                nearest, self.layers["section"] = told, str(selector)
            elif len(told) > 1 and told[-1:] == nearest:
                nearest = told
                self.layers["section"] += f"; path from {selector}"
            if len(nearest) > 1:
                break
        return nearest

    @cached_property
    def _own_names(self) -> list[str]:
        """The names of the site; not its address: "Lao động" is a section of laodong.vn."""
        told = (self.site.name, self.site.source_name, self.tree.meta("og:site_name"))
        publishers = json_ld.values(self.tree.json_ld, "publisher.name")
        return [*filter(None, told), *publishers]

    def tags(self) -> tuple[str, ...]:
        for selector, found in self._chain("tags"):
            parts = (part for one in found for part in re.split(r"[,;]", one.text))
            tags = dict.fromkeys(tag for part in parts if (tag := part.strip(" #\n")))
            if tags:
                self.layers["tags"] = str(selector)
                return tuple(tags)[:50]
        return ()

    def body(self, title: str, lead: str | None) -> Body:
        """The first node that holds text; else the first that holds captions, as photo pages do."""
        best, left = Body(), _MOST_WALKED
        for selector, found in self._chain("body"):
            for node in (one.element for one in found if one.element is not None):
                without = self._not_body(node, selector)
                if node in without:  # a page without a body: the finder is left with the lead
                    continue
                left -= sum(1 for _ in node.iter())
                if left < 0:
                    return best
                body = read_body(node, without, self._captions(node), (title, lead))
                if body.characters or (body.blocks and not best.blocks):
                    best, self.body_node = body, node
                    self.layers["body"] = str(selector)
                if best.characters:
                    return best
        return best

    def _not_body(self, node: Element, selector: Selector) -> set[Element]:
        without = self.tree.taken | self._dropped(node)
        if selector.text == "find:body" and self.title_node is not None:
            without |= generic.before(node, self.title_node)
        return without

    def _captions(self, node: Element) -> set[Element]:
        selectors = self.site.fields.get("captions", ())
        return {one for selector in selectors for one in elements(node, selector.text)}

    def _dropped(self, node: Element) -> set[Element]:
        return {one for css in self.site.drop for one in elements(node, css)}

    def images(self, body: Body) -> tuple[Image, ...]:
        """The pictures of the body, after those that stand outside it, such as the lead picture."""
        pictures = list(body.pictures)
        for selector, found in self._chain("images"):
            nodes = [one.element for one in found if one.element is not None]
            pictures = [one for node in nodes for one in pictures_in(node)] + pictures
            self.layers["images"] = str(selector)
            break
        return images(pictures, self.base)

    def shows_film(self) -> bool:
        """Whether a film is what the page is about: then its lead may be all of its text."""
        told = (self.tree.meta("og:type") or "").startswith("video")
        return told or next(self.tree.root.iter("video"), None) is not None

    def attachments(self) -> tuple[Attachment, ...]:
        """The documents linked in the body, and below it where the site says so."""
        nodes = [] if self.body_node is None else [self.body_node]
        for selector, found in self._chain("attachments"):
            nodes += [one.element for one in found if one.element is not None]
            self.layers["attachments"] = str(selector)
            break
        return attachments(nodes, self.base)

    def language(self, body: Body) -> str:
        """Vietnamese is told by its letters: pages say en, or nothing, over Vietnamese text."""
        for selector, found in self._chain("language"):
            self.layers["language"] = str(selector)
            return found[0].text[:2].lower()
        text = " ".join(b.text for b in body.blocks if b.kind is not BlockKind.TABLE)
        if len(text) > 100:
            text = text[:_LANGUAGE_SAMPLE]
            least = _LEAST_VIETNAMESE * len(text)
            # The commonest are many enough in nearly every text, and soon counted.
            if sum(map(text.count, _COMMONEST)) >= least or len(_VIETNAMESE.findall(text)) >= least:
                return "vi"
        said = (self.tree.root.get("lang") or "")[:2].lower()
        return said if said.isalpha() and said != "vi" else self.site.language

    def noarchive(self) -> bool:
        said = " ".join(self.tree.metas.get("robots", []))
        said += " " + (self.tree.page.header("X-Robots-Tag") or "")
        return "noarchive" in said.lower()

    def url(self) -> str:
        """The page's canonical address where it names an article of this site, else its own."""
        page = self.tree.page
        own = _canonical(page.final_url) or _canonical(page.url) or page.url
        links = self.tree.root.iter("link")
        named = (one for one in links if (one.get("rel") or "").lower() == "canonical")
        for link in islice(named, _MOST_CANONICAL):
            said = _canonical(self._absolute(link.get("href") or ""))
            # One of our sites names its home page as canonical on every listing.
            if said and self.site.owns(said) and self.site.is_article(said):
                return said
        return own

    def _absolute(self, address: str) -> str:
        try:
            return urljoin(self.base, address)
        except ValueError:
            return ""

    def _chain(
        self, name: str, wanted: Callable[[Selector], bool] = lambda _: True
    ) -> Iterator[tuple[Selector, list[Found]]]:
        """The selectors of a field that find something, nearest layer first."""
        for selector in self.site.fields.get(name, ()):
            if wanted(selector) and (found := self._select(name, selector)):
                yield selector, found

    def _select(self, name: str, selector: Selector) -> list[Found]:
        if selector.text.startswith("find:"):
            return self._find(selector.text.removeprefix("find:"))
        if name in ("body", "images", "attachments"):
            # Their text is read block by block later.
            return [Found("", node) for node in elements(self.tree.root, selector.text)]
        return select(self.tree, selector.text)

    def _find(self, name: str) -> list[Found]:
        title = self.title_node
        if name == "title":
            one = generic.find_title(self.tree, self.names)
        elif name == "lead":
            one = nearby.find_lead(self.tree, title, self._found_body)
        elif name == "published":
            one = nearby.find_published(self.tree, title, self.site.date_formats)
        elif name == "authors":
            return nearby.find_authors(self.tree, title, self._any_body, self.names)
        elif name == "byline":
            return self._find_byline()
        elif name == "section":
            return sections.find_trail(self.tree)
        else:
            one = Found("", self._found_body) if self._found_body is not None else None
        return [one] if one else []

    def _find_byline(self) -> list[Found]:
        shown = self.time_node
        if shown is None:
            time = nearby.find_published(self.tree, self.title_node, self.site.date_formats)
            shown = time.element if time else None
        return find_byline(self.tree, self.title_node, self._any_body, shown, self.names)

    @property
    def _any_body(self) -> Element | None:
        return self._found_body if self.body_node is None else self.body_node

    @cached_property
    def _found_body(self) -> Element | None:
        return generic.find_body(self.tree, self.title_node)

    def _take(self, name: str, selector: Selector, found: list[Found]) -> Element | None:
        self.layers[name] = str(selector)
        self.tree.taken.update(one.element for one in found if one.element is not None)
        return found[0].element


def _are_fuller(told: tuple[str, ...], signed: tuple[str, ...]) -> bool:
    """Whether the names told are those of the signature with family names before them."""
    ends = zip(told, signed, strict=False)
    return len(told) == len(signed) and all(
        full.lower().endswith(" " + name.lower()) for full, name in ends
    )


def _canonical(url: str) -> str | None:
    try:
        return canonical(url)
    except UrlError:
        return None
