"""Tell people that a source's health has changed: webhook, mail, command, each if it is set.

The log and `baotinh status` always say it. One message holds all changes of one look round, so
that a network that is down for an hour is one message and not a hundred. What cannot be delivered
is tried again for a day.
"""

from __future__ import annotations

import json
import logging
import shlex
import smtplib
import subprocess
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING

from crawler.errors import CrawlError
from crawler.webhook import post

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.addresses import PrivateHosts
    from crawler.checkup import Change

    Send = Callable[["Message"], None]

logger = logging.getLogger(__name__)

COMMAND_TIMEOUT = 30.0
FIRST_WAIT, LONGEST_WAIT, GIVE_UP_AFTER = 60.0, 3600.0, 86400.0
_MOST_WAITING = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What people get."""

    subject: str
    changes: tuple[Change, ...]

    @property
    def text(self) -> str:
        """The changes as lines."""
        return "\n".join(describe(change) for change in self.changes) + "\n"

    def as_json(self) -> str:
        """One object: ``subject``, ``text`` (which chat services show) and ``changes``."""
        changes = [asdict(change) for change in self.changes]
        return json.dumps(
            {"subject": self.subject, "text": f"{self.subject}\n{self.text}", "changes": changes},
            ensure_ascii=False,
        )


def describe(change: Change) -> str:
    """One line: ``baolongan is broken (was ok): …``."""
    return f"{change.source_id} is {change.state} (was {change.before}): {change.why}"


def compose(changes: Sequence[Change]) -> Message:
    """One message for all changes of one look round."""
    if len(changes) == 1:
        subject = f"Báo Tỉnh: {changes[0].source_id} is {changes[0].state}"
    else:
        worse = [change for change in changes if not change.recovered]
        parts = [f"{len(worse)} sources in trouble"] if worse else []
        if len(changes) > len(worse):
            parts.append(f"{len(changes) - len(worse)} ok again")
        subject = f"Báo Tỉnh: {', '.join(parts)}"
    return Message(subject=subject, changes=tuple(changes))


@dataclass(slots=True, kw_only=True, eq=False)
class _Letter:
    message: Message
    channel: str
    written: float
    wait: float = FIRST_WAIT
    due: float = 0.0


class Outbox:
    """Messages on their way, each channel on its own. ``clock`` is monotonic seconds."""

    def __init__(
        self, channels: dict[str, Send], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._channels = channels
        self._clock = clock
        self._letters: deque[_Letter] = deque(maxlen=_MOST_WAITING)
        self._lock = threading.Lock()
        self._delivering = threading.Lock()

    def put(self, message: Message) -> None:
        """Log the message and queue it for every channel that is set."""
        for change in message.changes:
            level = logging.INFO if change.recovered else logging.WARNING
            logger.log(level, "%s", describe(change), extra={"source": change.source_id})
        now = self._clock()
        with self._lock:
            self._letters.extend(
                _Letter(message=message, channel=channel, written=now, due=now)
                for channel in self._channels
            )

    def deliver(self) -> int:
        """Try what is due once; return how many letters still wait. Blocks for some seconds."""
        with self._delivering:
            now = self._clock()
            with self._lock:
                letters = list(self._letters)
            done = [letter for letter in letters if self._try(letter, now)]
            with self._lock:
                for letter in done:
                    if letter in self._letters:
                        self._letters.remove(letter)
                return len(self._letters)

    @property
    def waiting(self) -> int:
        """How many letters wait."""
        return len(self._letters)

    def _try(self, letter: _Letter, now: float) -> bool:
        """Whether the letter is done with: delivered, or too old."""
        if letter.due > now:
            return False
        try:
            self._channels[letter.channel](letter.message)
        except (CrawlError, OSError, subprocess.SubprocessError, smtplib.SMTPException) as error:
            logger.warning("alarm by %s not delivered: %s", letter.channel, error)
            letter.due = now + letter.wait
            letter.wait = min(LONGEST_WAIT, letter.wait * 2)
            return now - letter.written > GIVE_UP_AFTER
        return True


def read_channels(
    *, webhook: str, command: str, mail_to: str, mail_from: str, smtp: str, private: PrivateHosts
) -> dict[str, Send]:
    """Name -> how to send, for every channel that is set."""
    channels: dict[str, Send] = {}
    if webhook:
        channels["webhook"] = lambda message: post(
            webhook,
            message.as_json().encode(),
            content_type="application/json; charset=utf-8",
            private=private,
        )
    if command:
        channels["command"] = lambda message: run_command(command, message)
    if mail_to:
        channels["mail"] = lambda message: send_mail(
            message, recipients=mail_to, sender=mail_from, server=smtp
        )
    return channels


def run_command(command: str, message: Message) -> None:
    """Run the operator's command with the message as JSON on standard input, without a shell."""
    subprocess.run(  # noqa: S603 - the command is the operator's own setting
        shlex.split(command),
        input=message.as_json().encode(),
        timeout=COMMAND_TIMEOUT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def send_mail(message: Message, *, recipients: str, sender: str, server: str) -> None:
    """Hand the message to an SMTP server, ``host`` or ``host:port``, without authentication."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = message.subject, sender, recipients
    mail.set_content(message.text)
    host, _, port = server.partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=10) as smtp:
        smtp.send_message(mail)
