"""Delivery of messages to people: retried until they arrive, across restarts, for a day.

A message is written to a file beside the archive before its changes are marked as notified, and is
removed channel by channel. Sending blocks for seconds, so a thread of its own does it; no stop
waits for that thread.
"""

from __future__ import annotations

import json
import logging
import smtplib
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.errors import CrawlError
from crawler.monitoring.alerts import Message, describe
from storage.instants import time_left

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from crawler.monitoring.alerts import Send

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT, GIVE_UP_AFTER = 60.0, 3600.0, 86400.0
"""Seconds: waits between attempts, which double, and the age at which a message is dropped."""
MAX_PENDING = 100
"""Messages kept; older ones are dropped first."""
ERRORS = (
    CrawlError,
    OSError,
    ValueError,  # an invalid address or header
    subprocess.SubprocessError,
    smtplib.SMTPException,
)
"""What a channel that cannot deliver raises."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Pending:
    """One message for one channel. Times are seconds of the delivery's clock."""

    message: Message
    channel: str
    written: float
    wait: float = FIRST_WAIT
    due: float = 0.0


class Delivery:
    """Pending messages, each channel on its own.

    ``file`` keeps them across restarts, None: they are not kept. ``clock`` returns wall-clock
    seconds, which stay valid across restarts.
    """

    def __init__(
        self,
        channels: Mapping[str, Send],
        file: Path | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._channels = channels
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._delivering = threading.Lock()
        self._woken = threading.Event()
        self._pending = self._read()

    def put(self, message: Message) -> None:
        """Log the message and keep it for every channel that is set."""
        for change in message.changes:
            level = logging.INFO if change.recovered else logging.WARNING
            logger.log(level, "%s", describe(change), extra={"source": change.source_id})
        now = self._clock()
        with self._lock:
            self._pending += [
                _Pending(message=message, channel=channel, written=now, due=now)
                for channel in self._channels
            ]
            del self._pending[:-MAX_PENDING]
            self._write()
        self._woken.set()

    def start(self) -> None:
        """Deliver in a thread of its own, for as long as the process lives."""
        threading.Thread(target=self._work, name="delivery", daemon=True).start()

    def finish(self, patience: float) -> None:
        """Try once more what is due, for ``patience`` seconds at most; the rest stays kept."""
        attempt = threading.Thread(target=self.deliver, name="last delivery", daemon=True)
        attempt.start()
        attempt.join(patience)
        if self._pending:
            logger.warning("%d alarms are not delivered yet and are kept", len(self._pending))

    def deliver(self) -> int:
        """Try what is due once; return how many messages are still pending. Blocks for seconds."""
        with self._delivering:
            now = self._clock()
            for pending in list(self._pending):
                if self._try(pending, now):
                    with self._lock:
                        self._pending.remove(pending)
                        self._write()
            return len(self._pending)

    @property
    def waiting(self) -> int:
        """Return how many messages are pending."""
        return len(self._pending)

    def _work(self) -> None:
        while True:
            self.work_once()

    def work_once(self) -> None:
        """Wait until something may be due or was put, and deliver."""
        self._woken.wait(self.patience())
        self._woken.clear()
        self.deliver()

    def patience(self) -> float | None:
        """Return the seconds until a message is due, a minute at most; None: there is none."""
        due = min((pending.due for pending in list(self._pending)), default=None)
        return None if due is None else min(max(0.0, due - self._clock()), FIRST_WAIT)

    def _try(self, pending: _Pending, now: float) -> bool:
        """Return whether the message is done: delivered, or too old."""
        if time_left(pending.due, now, LONGEST_WAIT) > 0:
            return False
        try:
            self._channels[pending.channel](pending.message)
        except ERRORS as error:
            logger.warning("alarm by %s not delivered: %s", pending.channel, error)
            pending.due = now + pending.wait
            pending.wait = min(LONGEST_WAIT, pending.wait * 2)
            return now - pending.written > GIVE_UP_AFTER
        return True

    def _read(self) -> list[_Pending]:
        """Return what an earlier process could not deliver, for channels that are still set."""
        if self._file is None or not self._file.exists():
            return []
        try:
            kept = [
                _Pending(message=Message.from_json(text), channel=channel, written=float(written))
                for channel, written, text in json.loads(self._file.read_text(encoding="utf-8"))
            ]
        except (OSError, ValueError, TypeError, KeyError) as error:
            logger.warning("%s: alarms kept there cannot be read: %s", self._file, error)
            return []
        return [pending for pending in kept if pending.channel in self._channels]

    def _write(self) -> None:
        """Keep what is pending; if that fails, it is delivered only while this process lives."""
        if self._file is None:
            return
        kept = [(each.channel, each.written, each.message.as_json()) for each in self._pending]
        fresh = self._file.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(kept), encoding="utf-8")
            fresh.replace(self._file)
        except OSError as error:
            logger.warning("%s: alarms cannot be kept: %s", self._file, error)
