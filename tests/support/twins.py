"""Two archives that share some articles and differ in others, and what an archive holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.records import Article, Image, Link, SourceRow
from storage.states import RunKind, RunState
from storage.warc.files import CaptureWriter
from tests.support.template import open_new

if TYPE_CHECKING:
    from pathlib import Path

    from storage.archive import Archive
    from storage.records import Capture, Outcome

BODY = "Sáng nay, Ban Thường vụ Tỉnh ủy họp phiên thường kỳ.\n\nHội nghị nghe báo cáo {}."


_open: list[Archive] = []
"""Archives of shelves. They are kept here so that the collector never meets one in some other
thread, where SQLite does not let it be closed."""


def close_shelves() -> None:
    """Close the archives of all shelves made so far."""
    while _open:
        _open.pop().close()


def day(number: int) -> str:
    """An instant on a day of October 2026, or of November."""
    return f"2026-{10 + number // 31}-{number % 31 + 1:02}T03:00:00Z"


class Shelf:
    """An archive that is filled by crawling pages of nowhere, with captures."""

    def __init__(self, path: Path, sources: tuple[str, ...] = ("baolongan",)) -> None:
        self.archive = open_new(path)
        _open.append(self.archive)
        for source in sources:
            self.archive.sources.put(
                SourceRow(
                    id=source, name=f"Báo {source}", kind="newspaper", province="Tây Ninh",
                    homepage=f"https://{source}.vn/",
                )
            )  # fmt: skip
        self._runs = 0

    def close(self) -> None:
        self.archive.close()

    def link(self, key: str, source: str = "baolongan", found: int = 0) -> Link:
        url = f"https://{source}.vn/tin-a{key}.html"
        return Link(
            source_id=source, url=url, canonical_url=url, key=key, found_at=day(found),
            title_hint=f"Tin {key}",
        )  # fmt: skip

    def write(self, at: int, pages: dict[str, str], source: str = "baolongan") -> list[Capture]:
        """Capture pages, key -> text, in a capture file of one run."""
        self._runs += 1
        name = f"{source}-{day(at)[:10]}-{self._runs}"
        with CaptureWriter(self.archive.captures_dir, name) as writer:
            return [
                writer.write(
                    url=self.link(key, source).url, fetched_at=day(at), status=200, reason="OK",
                    headers=[("Content-Type", "text/html")], body=f"<p>{text}</p>".encode(),
                    ip=None,
                    earlier=self._earlier(self.link(key, source).url, text),
                )
                for key, text in pages.items()
            ]  # fmt: skip

    def _earlier(self, url: str, text: str) -> Capture | None:
        from storage.warc.records import payload_digest

        return self.archive.captures.first(url, payload_digest(f"<p>{text}</p>".encode()))

    def crawl(
        self, at: int, pages: dict[str, str], source: str = "baolongan", **fields: Any
    ) -> list[Outcome]:
        """Read pages on a day, key -> text, as a crawl does."""
        run = self.archive.runs.start(source, RunKind.CRAWL, day(at))
        outcomes = []
        for (key, text), capture in zip(pages.items(), self.write(at, pages, source), strict=True):
            link = self.link(key, source, at)
            article = Article(
                source_id=source, url=link.url, canonical_url=link.url, key=key,
                title=f"Tỉnh ủy họp phiên {key}", summary="Phiên họp bàn nhiệm vụ.",
                body=BODY.format(text), authors=["Thanh Nga"], published_on="2026-10-01",
                images=[Image(url=link.url + ".jpg", caption=text)], fetched_at=day(at),
                **fields,
            )  # fmt: skip
            outcomes.append(
                self.archive.add(
                    article, link=link, capture=capture, run_id=run, revisit_at=day(at + 1)
                )
            )
        self.archive.runs.finish(run, RunState.FINISHED, day(at))
        return outcomes

    def remove(self, at: int, key: str, source: str = "baolongan") -> None:
        """Find a page removed on a day."""
        self.archive.pages.mark_gone(
            self.link(key, source), "http-410", capture=None, run_id=None, seen_at=day(at)
        )


_FACTS = {
    "articles": """
        select a.source_id, a.key, a.url, a.title, a.summary, a.body, a.digest, a.published_on,
            a.first_seen_at, a.last_seen_at, a.gone_at, a.gone_reason, a.revisions, c.url,
            c.fetched_at, c.digest
        from articles a left join captures c on c.id = a.capture_id""",
    "revisions": """
        select a.source_id, a.key, r.number, r.seen_at, r.kind, r.title, r.body, r.digest,
            r.returned_at, r.returns, c.fetched_at, c.digest
        from revisions r join articles a on a.id = r.article_id
        left join captures c on c.id = r.capture_id""",
    "captures": """
        select c.url, c.fetched_at, c.status, c.digest, c.length, l.source_id, l.key
        from captures c left join links l on l.id = c.link_id""",
    "links": """
        select l.source_id, l.key, l.url, l.state, l.reason, l.found_at, l.title_hint, l.attempts,
            l.next_try_at, l.refused_at, a.key, s.url
        from links l left join articles a on a.id = l.article_id
        left join seeds s on s.id = l.seed_id""",
    "images": """
        select a.source_id, a.key, i.position, i.url, i.caption
        from images i join articles a on a.id = i.article_id""",
    "runs": "select source_id, kind, started_at, finished_at, state, outcomes from runs",
    "gaps": "select g.source_id, s.url, g.begin_at, g.end_at, g.closed_at from gaps g"
    " left join seeds s on s.id = g.seed_id",
    "mentions": "select a.source_id, a.key, m.unit, m.how from mentions m"
    " join articles a on a.id = m.article_id",
}


def facts(archive: Archive) -> dict[str, list[tuple[Any, ...]]]:
    """What an archive holds, without its row ids, in one order whichever way it came in."""
    return {
        name: sorted((tuple(row) for row in archive._db.conn.execute(sql)), key=repr)
        for name, sql in _FACTS.items()
    }
