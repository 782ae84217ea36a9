"""The Celery of the cluster: a queue of order ids, each taken by one worker at a time.

Only this module imports Celery. A message is the id of an order, as JSON; all else lies beside it
(`crawler.cluster.post`). A worker that dies gives its message back after the visibility timeout,
which is longer than any order may take: Celery runs again, copy after copy, what takes longer
(celery#5935). By then the daemon has mostly given the order up, and the message is void.
"""

from __future__ import annotations

import logging
import ssl
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from celery import Celery, signals
from celery.exceptions import Reject, SecurityWarning

from crawler.cluster.post import BrokerAway
from crawler.cluster.work import Unbegun

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.net.broker import Broker

QUEUE = "baotinh"
TASK = "baotinh.order"
CONNECT_SECONDS = 5.0
_ENGINE = ("celery", "kombu", "billiard")
RESTORE_SECONDS = 10
"""Between two looks for messages of dead workers; kombu's own default comes to 100 seconds."""


def make_app(broker: Broker, *, order_seconds: float) -> Celery:
    """Return the application; ``order_seconds`` is the longest that any order may take."""
    app = Celery("baotinh", set_as_current=False)
    app.conf.update(
        broker_url=_url(broker),
        broker_use_ssl=_tls(broker),
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": int(order_seconds * 1.5) + 600,
            "unacked_restore_interval": RESTORE_SECONDS,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_keepalive": True,
        },
        accept_content=["json"],
        task_serializer="json",
        result_backend=None,
        task_ignore_result=True,
        task_publish_retry=False,
        task_default_queue=QUEUE,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
    )
    return app


def send_order(app: Celery, order: str) -> None:
    """Put an order into the queue. Raise BrokerAway."""
    from kombu.exceptions import KombuError

    try:
        app.send_task(TASK, args=[order])
    except (KombuError, OSError) as error:
        raise BrokerAway(f"the broker takes no order: {error}") from error


def work_off(
    app: Celery, work: Callable[[str], None], *, name: str, children: int, stop: Callable[[], None]
) -> int:
    """Take orders from the queue until SIGTERM or SIGINT; return the exit code.

    ``work`` is called with the id of each, ``children`` at a time, each in a thread of its own; an
    order for which it raises Unbegun goes back into the queue.
    ``stop`` is called once when the process is to end, from a signal handler.
    """
    register(app, work)
    call_at_end(stop)
    _quieten()
    worker = app.Worker(**worker_options(name, children))
    worker.start()
    return exit_code(worker.exitcode)


def register(app: Celery, work: Callable[[str], None]) -> None:
    """Make ``work`` what is done with an order; one that is not begun goes back into the queue."""

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def take(order: str) -> None:
        try:
            work(str(order))
        except Unbegun as error:
            raise Reject(str(error), requeue=True) from None


def call_at_end(stop: Callable[[], None]) -> None:
    """Have ``stop`` called when a worker of Celery is told to end."""

    def end(**_: Any) -> None:
        stop()

    signals.worker_shutting_down.connect(end, weak=False)


def worker_options(name: str, children: int) -> dict[str, Any]:
    """Return what a worker of Celery is told: threads, one queue, and no talk with others."""
    return {
        "hostname": name,
        "pool": "threads",
        "concurrency": children,
        "queues": [QUEUE],
        "quiet": True,
        "without_gossip": True,
        "without_mingle": True,
        "without_heartbeat": True,
        "loglevel": "INFO",
    }


def exit_code(said: int | None) -> int:
    """Return the exit code of a worker of Celery, which says none where all went well."""
    return said or 0


def _quieten() -> None:
    """Keep Celery's own lines few: a lost connection is one sentence, without a traceback."""
    warnings.filterwarnings("ignore", category=SecurityWarning)  # nothing is read but JSON
    for name in _ENGINE:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A logger's filter sees nothing of the loggers below it; what handlers get is all.
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_traceback)


def _without_traceback(record: logging.LogRecord) -> bool:
    if record.name.partition(".")[0] in _ENGINE:
        record.exc_info = record.exc_text = None
    return True


def _url(broker: Broker) -> str:
    user, password = quote(broker.username or "", safe=""), quote(broker.password or "", safe="")
    who = f"{user}:{password}@" if broker.password else ""
    host = f"[{broker.host}]" if ":" in broker.host else broker.host
    return f"redis{'s' * broker.secure}://{who}{host}:{broker.port}/{broker.database}"


def _tls(broker: Broker) -> dict[str, Any] | None:
    if not broker.secure:
        return None
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": broker.certificates}
