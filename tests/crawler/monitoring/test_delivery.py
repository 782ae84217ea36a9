"""Messages that wait: when they are tried, how long, and what outlives a restart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.monitoring.alerts import Message
from crawler.monitoring.check import HealthChange
from crawler.monitoring.delivery import Delivery

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.monitoring.alerts import Send


def message(name: str = "a", state: str = "broken") -> Message:
    change = HealthChange(
        source_id=name, name=name, state=state, before="ok", since="2026-11-24T03:00:00Z", why="so"
    )
    return Message(subject=f"Báo Tỉnh: {name} is {state}", changes=(change,))


class Desk:
    """A delivery by mail with a clock, and channels that may be out of order."""

    def __init__(self, file: Path | None = None, *channels: str) -> None:
        self.now = 1000.0
        self.is_down = False
        self.got: list[tuple[str, str]] = []
        names = channels or ("mail",)
        self.delivery = Delivery(
            {name: self._send(name) for name in names}, file, clock=lambda: self.now
        )

    def _send(self, channel: str) -> Send:
        def send(message: Message) -> None:
            if self.is_down:
                raise OSError("no network")
            self.got.append((channel, message.subject))

        return send


def test_a_message_that_cannot_be_delivered_is_tried_after_longer_and_longer_waits() -> None:
    desk = Desk()
    desk.is_down = True
    desk.delivery.put(message())
    waits = []
    while desk.delivery.deliver():
        (pending,) = desk.delivery._pending
        waits.append(pending.due - desk.now)
        desk.now = pending.due - 1.0
        assert desk.delivery.deliver() == 1, "not before its time"
        assert pending.due == desk.now + 1.0
        desk.now = pending.due
    assert waits[:8] == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert 86_400 < desk.now - 1000.0 <= 86_400 + 3600, "given up after a day"
    assert desk.got == []


def test_each_channel_gets_a_message_once_by_itself() -> None:
    desk = Desk(None, "mail", "webhook")
    desk.delivery.put(message())
    assert desk.delivery.waiting == 2
    assert desk.delivery.deliver() == 0
    assert desk.got == [("mail", "Báo Tỉnh: a is broken"), ("webhook", "Báo Tỉnh: a is broken")]


def test_a_hundred_messages_are_kept_the_newest_ones() -> None:
    desk = Desk()
    for number in range(101):
        desk.delivery.put(message(f"s{number}"))
    assert desk.delivery.waiting == 100
    desk.delivery.deliver()
    assert [desk.got[0][1], desk.got[-1][1]] == [
        "Báo Tỉnh: s1 is broken",
        "Báo Tỉnh: s100 is broken",
    ]


def test_its_thread_sleeps_until_a_message_is_due_a_minute_at_most() -> None:
    desk = Desk()
    assert desk.delivery.patience() is None
    desk.is_down = True
    desk.delivery.put(message())
    assert desk.delivery.patience() == 0.0
    desk.delivery.work_once()
    assert not desk.delivery._woken.is_set()
    assert desk.delivery.patience() == 60.0
    desk.now += 45.0
    assert desk.delivery.patience() == 15.0
    desk.now += 100.0
    assert desk.delivery.patience() == 0.0
    desk.delivery.deliver()
    assert desk.delivery.patience() == 60.0, "of the two minutes until it is due"
    desk.is_down = False
    desk.now += 120.0
    desk.delivery.work_once()
    assert desk.got == [("mail", "Báo Tỉnh: a is broken")]


def test_what_was_not_delivered_outlives_the_process_where_its_channel_is_still_set(
    tmp_path: Path,
) -> None:
    file = tmp_path / "outbox.json"
    first = Desk(file, "mail", "webhook")
    first.is_down = True
    first.delivery.put(message())
    first.now += 30.0
    first.delivery.deliver()
    again = Desk(file, "webhook")
    assert [(each.channel, each.written) for each in again.delivery._pending] == [
        ("webhook", 1000.0)
    ]
    assert again.delivery.deliver() == 0
    assert again.got == [("webhook", "Báo Tỉnh: a is broken")]
    assert json.loads(file.read_text()) == []
    assert Desk(file).delivery.waiting == 0


@pytest.mark.parametrize("text", ["", "{}", "[[1]]", '[["mail", "x", "{}"]]', "null"])
def test_a_file_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "outbox.json"
    file.write_text(text)
    assert Desk(file).delivery.waiting == 0


def test_a_file_that_cannot_be_written_keeps_nobody_from_the_message(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "none" / "outbox.json")
    desk.delivery.put(message())
    assert desk.delivery.deliver() == 0
    assert len(desk.got) == 1


@pytest.mark.parametrize(("state", "level"), [("broken", "WARNING"), ("ok", "INFO")])
def test_a_change_is_logged_by_its_weight(
    caplog: pytest.LogCaptureFixture, state: str, level: str
) -> None:
    caplog.set_level("INFO")
    Desk().delivery.put(message(state=state))
    (record,) = caplog.records
    assert (record.levelname, record.source) == (level, "a")


def test_at_the_end_what_is_due_is_tried_once_more_and_the_rest_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    desk.delivery.put(message())
    desk.delivery.finish(5.0)
    assert (len(desk.got), "not delivered yet" in caplog.text) == (1, False)
    desk.is_down = True
    desk.delivery.put(message())
    desk.delivery.finish(5.0)
    assert "1 alarms are not delivered yet and are kept" in caplog.text
