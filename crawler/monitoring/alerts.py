"""Messages about changes of health, and the channels that send them: webhook, mail, command.

The log and `baotinh status` always report them. One message holds all changes of one check, so that
a network that is down for an hour is one message and not a hundred.
"""

from __future__ import annotations

import json
import shlex
import smtplib
import subprocess
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from crawler.monitoring.check import HealthChange
from crawler.net.addresses import parse_host
from crawler.net.webhook import post
from storage.frontier.health import KeptTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.environment import Settings
    from crawler.net.addresses import PrivateHosts

    Send = Callable[["Message"], None]

COMMAND_TIMEOUT, MAIL_TIMEOUT = 30.0, 10.0
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to people."""

    subject: str
    changes: tuple[HealthChange, ...]

    @property
    def text(self) -> str:
        """Return the changes as lines."""
        return "\n".join(describe(change) for change in self.changes) + "\n"

    def as_json(self) -> str:
        """Return one object: ``subject``, ``text`` (which chat services show) and ``changes``."""
        changes = [asdict(change) for change in self.changes]
        return json.dumps(
            {"subject": self.subject, "text": f"{self.subject}\n{self.text}", "changes": changes},
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Message:
        """Read what `as_json` wrote. Raise ValueError, KeyError or TypeError for anything else."""
        facts: Mapping[str, Any] = json.loads(text)
        changes = tuple(_read_change(change) for change in facts["changes"])
        return cls(subject=facts["subject"], changes=changes)


def _read_change(facts: Mapping[str, Any]) -> HealthChange:
    """Read one change; those that earlier versions wrote name no troubles."""
    troubles = {
        name: tuple(KeptTrouble(**trouble) for trouble in facts.get(name, ()))
        for name in ("began", "ended")
    }
    return HealthChange(**{**facts, **troubles})


def describe(change: HealthChange) -> str:
    """Return ``baolongan is broken (was ok): …``, and a line for each other trouble that is news.

    Troubles that are over are listed with the time they began at.
    """
    lines = [f"{change.source_id} is {change.state} (was {change.before}): {change.why}"]
    lines += [
        f"  {each.state} since {each.since}: {each.why}"
        for each in change.began
        if each.why != change.why
    ]
    lines += [f"  over, began {each.since}: {each.why}" for each in change.ended]
    return "\n".join(lines)


def compose(changes: Sequence[HealthChange]) -> Message:
    """Return one message for all changes of one check."""
    if len(changes) == 1:
        subject = f"Báo Tỉnh: {changes[0].source_id} is {changes[0].state}"
    else:
        worse = [change for change in changes if not change.recovered]
        parts = [f"{len(worse)} sources in trouble"] if worse else []
        if len(changes) > len(worse):
            parts.append(f"{len(changes) - len(worse)} ok again")
        subject = f"Báo Tỉnh: {', '.join(parts)}"
    return Message(subject=subject, changes=tuple(changes))


def read_channels(settings: Settings, private: PrivateHosts) -> dict[str, Send]:
    """Return name -> how to send, for every channel that is set."""
    channels: dict[str, Send] = {}
    if url := settings.alarm_webhook:
        channels["webhook"] = lambda message: post(
            url,
            message.as_json().encode(),
            content_type="application/json; charset=utf-8",
            private=private,
        )
    if command := settings.alarm_command:
        channels["command"] = lambda message: run_command(command, message)
    if settings.alarm_mail_to:
        channels["mail"] = lambda message: send_mail(
            message,
            recipients=settings.alarm_mail_to,
            sender=settings.alarm_mail_from,
            server=settings.alarm_smtp,
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
    host, port = mail_server(server)
    with smtplib.SMTP(host, port, timeout=MAIL_TIMEOUT) as smtp:
        smtp.send_message(make_mail(message, recipients=recipients, sender=sender))


def make_mail(message: Message, *, recipients: str, sender: str) -> EmailMessage:
    """Return the message as a mail of plain text."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = message.subject, sender, recipients
    mail.set_content(message.text)
    return mail


def mail_server(server: str) -> tuple[str, int]:
    """Return host and port of an SMTP server. Raise ValueError where it is none."""
    host, port = parse_host(server)
    return host, port or smtplib.SMTP_PORT
