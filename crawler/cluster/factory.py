"""The workers of a cluster for a daemon, from its settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crawler import settings as module
from crawler.cluster.post import Post
from crawler.cluster.remote import RemoteWorkers
from crawler.net.broker import Broker

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.daemon.catalogue import Catalogue
    from crawler.daemon.options import DaemonOptions
    from crawler.environment import Settings


def build_workers(
    settings: Settings, archive: Path, options: DaemonOptions, catalogue: Catalogue
) -> RemoteWorkers:
    """Return the workers of the daemon on the archive at an absolute path. Raise UsageError."""
    broker = Broker.parse(settings.broker)
    post = Post(broker)  # says which extra is missing
    from crawler.cluster.app import make_app, send_order

    app = make_app(broker, order_seconds=options.crawl_timeout)
    return RemoteWorkers(
        options,
        catalogue,
        post,
        partial(send_order, app),
        path=archive,
        pages=settings.order_pages,
        values=vars(module),
    )
