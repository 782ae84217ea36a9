"""The parts of an archive, one for each kind of fact, imported and made when first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.articles.captures import Captures
    from storage.articles.clusters import Clusters
    from storage.articles.places import Places
    from storage.articles.read import Articles
    from storage.articles.volumes import Volumes
    from storage.articles.watches import Watches
    from storage.articles.withhold import Withholding
    from storage.articles.write import Pages
    from storage.db.database import Database
    from storage.evidence.chain import Evidence
    from storage.frontier.ahead import Ahead
    from storage.frontier.backfills import Backfills
    from storage.frontier.gaps import Gaps
    from storage.frontier.health import Health
    from storage.frontier.imports import Imports
    from storage.frontier.links import Links
    from storage.frontier.orders import Orders
    from storage.frontier.runs import Runs
    from storage.frontier.sources import Hosts, Repeats, Seeds, Sources
    from storage.media.files import Media


class Parts:
    """What can be read and written in an open archive. A search needs none of it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @cached_property
    def sources(self) -> Sources:
        """The outlets the archive knows."""
        from storage.frontier.sources import Sources

        return Sources(self._db)

    @cached_property
    def seeds(self) -> Seeds:
        """Where discovery starts."""
        from storage.frontier.sources import Seeds

        return Seeds(self._db, self.links)

    @cached_property
    def hosts(self) -> Hosts:
        """When hosts want to be asked again."""
        from storage.frontier.sources import Hosts

        return Hosts(self._db)

    @cached_property
    def repeats(self) -> Repeats:
        """Lines that a source repeats on many pages."""
        from storage.frontier.sources import Repeats

        return Repeats(self._db)

    @cached_property
    def links(self) -> Links:
        """What was discovered, and what has become of it."""
        from storage.frontier.links import Links

        return Links(self._db)

    @cached_property
    def runs(self) -> Runs:
        """Executions, and the outcomes of their pages."""
        from storage.frontier.runs import Runs

        return Runs(self._db)

    @cached_property
    def articles(self) -> Articles:
        """Articles and their history, for reading."""
        from storage.articles.read import Articles

        return Articles(self._db)

    @cached_property
    def captures(self) -> Captures:
        """Where the records of responses lie."""
        from storage.articles.captures import Captures

        return Captures(self._db)

    @cached_property
    def pages(self) -> Pages:
        """Pages that were fetched, and what becomes of them."""
        from storage.articles.write import Pages

        return Pages(self._db, self.links, self.runs, self.captures, lambda: self.places)

    @cached_property
    def backfills(self) -> Backfills:
        """How far backfills have come."""
        from storage.frontier.backfills import Backfills

        return Backfills(self._db)

    @cached_property
    def orders(self) -> Orders:
        """Crawls that are out with workers on other machines."""
        from storage.frontier.orders import Orders

        return Orders(self._db)

    @cached_property
    def gaps(self) -> Gaps:
        """Times in which articles may have passed unseen."""
        from storage.frontier.gaps import Gaps

        return Gaps(self._db)

    @cached_property
    def ahead(self) -> Ahead:
        """What a clock wrote that was ahead."""
        from storage.frontier.ahead import Ahead

        return Ahead(self._db)

    @cached_property
    def evidence(self) -> Evidence:
        """Manifests of captures."""
        from storage.evidence.chain import Evidence

        return Evidence(self._db)

    @cached_property
    def imports(self) -> Imports:
        """How far imports of other archives have come."""
        from storage.frontier.imports import Imports

        return Imports(self._db)

    @cached_property
    def media(self) -> Media:
        """Pictures and documents of articles."""
        from storage.media.files import Media

        return Media(self._db)

    @cached_property
    def health(self) -> Health:
        """The last verdict on each source."""
        from storage.frontier.health import Health

        return Health(self._db)

    @cached_property
    def places(self) -> Places:
        """Which units articles name. Imported when it is needed: its tables take 30 ms."""
        from storage.articles.places import Places

        return Places(self._db)

    @cached_property
    def volumes(self) -> Volumes:
        """How many articles there are, by month, source, day and place."""
        from storage.articles.volumes import Volumes

        return Volumes(self._db)

    @cached_property
    def clusters(self) -> Clusters:
        """Articles of an earlier version that wait to be grouped with their copies."""
        from storage.articles.clusters import Clusters

        return Clusters(self._db)

    @cached_property
    def withholding(self) -> Withholding:
        """Articles that nobody may read any more."""
        from storage.articles.withhold import Withholding

        return Withholding(self._db)

    @cached_property
    def watches(self) -> Watches:
        """Saved searches."""
        from storage.articles.watches import Watches

        return Watches(self._db)
