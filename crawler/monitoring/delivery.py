"""Messages on their way to people, until they have arrived: across restarts, for a day.

A message is written to a file beside the archive before anything counts as told, and each channel
it has reached is struck off. Delivering blocks for seconds, so a thread of its own does it, which
no stop waits for.
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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from crawler.monitoring.alerts import Send

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT, GIVE_UP_AFTER = 60.0, 3600.0, 86400.0
MOST_WAITING = 100


@dataclass(slots=True, kw_only=True, eq=False)
class _Letter:
    """One message for one channel. Times are seconds of the outbox's clock."""

    message: Message
    channel: str
    written: float
    wait: float = FIRST_WAIT
    due: float = 0.0


class Outbox:
    """Messages on their way, each channel on its own.

    ``file`` is where they are kept, None: nowhere. ``clock`` is wall-clock seconds, since it must
    mean something after a restart.
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
        self._letters = self._read()

    def put(self, message: Message) -> None:
        """Log the message and keep it for every channel that is set."""
        for change in message.changes:
            level = logging.INFO if change.recovered else logging.WARNING
            logger.log(level, "%s", describe(change), extra={"source": change.source_id})
        now = self._clock()
        with self._lock:
            self._letters += [
                _Letter(message=message, channel=channel, written=now, due=now)
                for channel in self._channels
            ]
            del self._letters[:-MOST_WAITING]
            self._write()
        self._woken.set()

    def start(self) -> None:
        """Deliver in a thread of its own, for as long as the process lives."""
        threading.Thread(target=self._work, name="outbox", daemon=True).start()

    def finish(self, patience: float) -> None:
        """Try once more what is due, for ``patience`` seconds at most; the rest stays kept."""
        last = threading.Thread(target=self.deliver, name="last post", daemon=True)
        last.start()
        last.join(patience)
        if self._letters:
            logger.warning("%d alarms are not delivered yet and are kept", len(self._letters))

    def deliver(self) -> int:
        """Try what is due once; return how many letters still wait. Blocks for some seconds."""
        with self._delivering:
            now = self._clock()
            for letter in list(self._letters):
                if self._try(letter, now):
                    with self._lock:
                        self._letters.remove(letter)
                        self._write()
            return len(self._letters)

    @property
    def waiting(self) -> int:
        """How many letters wait."""
        return len(self._letters)

    def _work(self) -> None:
        while True:
            due = min((letter.due for letter in list(self._letters)), default=None)
            wait = None if due is None else min(max(0.0, due - self._clock()), FIRST_WAIT)
            self._woken.wait(wait)
            self._woken.clear()
            self.deliver()

    def _try(self, letter: _Letter, now: float) -> bool:
        """Whether the letter is done with: delivered, or too old."""
        if letter.due > now:
            return False
        try:
            self._channels[letter.channel](letter.message)
        except (
            *(CrawlError, OSError, ValueError),  # ValueError: an address or header that is none
            *(subprocess.SubprocessError, smtplib.SMTPException),
        ) as error:
            logger.warning("alarm by %s not delivered: %s", letter.channel, error)
            letter.due = now + letter.wait
            letter.wait = min(LONGEST_WAIT, letter.wait * 2)
            return now - letter.written > GIVE_UP_AFTER
        return True

    def _read(self) -> list[_Letter]:
        """What an earlier process could not deliver, for channels that are still set."""
        if self._file is None or not self._file.exists():
            return []
        try:
            kept = [
                _Letter(message=Message.from_json(text), channel=channel, written=float(written))
                for channel, written, text in json.loads(self._file.read_text(encoding="utf-8"))
            ]
        except (OSError, ValueError, TypeError, KeyError) as error:
            logger.warning("%s: alarms kept there cannot be read: %s", self._file, error)
            return []
        return [letter for letter in kept if letter.channel in self._channels]

    def _write(self) -> None:
        """Keep what waits; where that is not possible it is still told, if this process lives."""
        if self._file is None:
            return
        kept = [(each.channel, each.written, each.message.as_json()) for each in self._letters]
        fresh = self._file.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            fresh.replace(self._file)
        except OSError as error:
            logger.warning("%s: alarms cannot be kept: %s", self._file, error)
