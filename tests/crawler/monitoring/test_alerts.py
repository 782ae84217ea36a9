"""Messages to people: by webhook, mail and command, with patience."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from crawler.errors import CrawlError
from crawler.monitoring.alerts import (
    Message,
    compose,
    describe,
    mail_server,
    make_mail,
    read_channels,
    run_command,
    send_mail,
)
from crawler.monitoring.check import HealthChange
from crawler.monitoring.delivery import Delivery
from crawler.net.addresses import PrivateHosts
from crawler.net.webhook import post
from storage.frontier.health import KeptTrouble
from tests.site.server import Site
from tests.support.settings import make_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.exchange import Exchange


def change(id_: str = "a", state: str = "broken", before: str = "ok") -> HealthChange:
    return HealthChange(
        source_id=id_, name="A", state=state, before=before, since="2026-11-24T00:00:00Z", why="why"
    )


def channels(**named: str) -> dict[str, object]:
    settings = make_settings(**{f"alarm_{name}": value for name, value in named.items()})
    return dict(read_channels(settings, PrivateHosts()))


def test_one_change_is_named_in_the_subject_and_several_are_counted() -> None:
    assert compose([change()]).subject == "Báo Tỉnh: a is broken"
    several = compose([change("a"), change("b"), change("c", "ok", "broken")])
    assert several.subject == "Báo Tỉnh: 2 sources in trouble, 1 ok again"
    assert "c is ok (was broken): why" in several.text


def test_nothing_is_sent_where_nothing_is_set() -> None:
    assert channels() == {}


def test_a_webhook_gets_the_message_as_json() -> None:
    types: list[str] = []

    def take(exchange: Exchange) -> None:
        types.append(f"{exchange.hit.method} {exchange.hit.headers.get('content-type')}")
        exchange.reply("ok")

    with Site(routes={"/hook": take}) as site:
        settings = make_settings(alarm_webhook=f"{site.base}/hook")
        send = read_channels(settings, PrivateHosts.parse(site.netloc))["webhook"]
        send(compose([change()]))
    assert types == ["POST application/json; charset=utf-8"]


def test_a_private_webhook_must_be_allowed() -> None:
    with Site() as site, pytest.raises(CrawlError, match="is not public"):
        post(site.base, b"{}", content_type="application/json", private=PrivateHosts())


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_is_a_failure_and_is_not_followed(status: int) -> None:
    def refuse(exchange: Exchange) -> None:
        exchange.reply("no", status, Location="/elsewhere")

    with Site(routes={"/hook": refuse}) as site:
        private = PrivateHosts.parse(site.netloc)
        with pytest.raises(CrawlError, match=str(status)):
            post(f"{site.base}/hook", b"{}", content_type="application/json", private=private)
        assert site.count("/elsewhere") == 0


@pytest.mark.parametrize("url", ["ftp://a.vn/", "https://", "file:///etc/passwd", "nonsense"])
def test_a_webhook_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(CrawlError, match="webhook"):
        post(url, b"", content_type="text/plain", private=PrivateHosts())


def test_a_command_gets_the_message_without_a_shell(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    script = tmp_path / "take.py"
    script.write_text("import sys; open(sys.argv[1], 'w').write(sys.stdin.read())\n")
    send = channels(command=f"{sys.executable} {script} '{out}' ; false")["command"]
    send(compose([change()]))  # type: ignore[operator]
    assert json.loads(out.read_text())["changes"][0]["state"] == "broken"


def test_mail_is_handed_to_the_server() -> None:
    lines: list[str] = []

    def serve(server: socket.socket) -> None:
        sock, _ = server.accept()
        with sock, sock.makefile("rwb") as stream:
            stream.write(b"220 hi\r\n")
            stream.flush()
            in_data = False
            while line := stream.readline():
                lines.append(line.decode().strip().lower())
                in_data = (in_data or lines[-1] == "data") and lines[-1] != "."
                said = {"data": b"354 go\r\n", "quit": b"221 bye\r\n"}
                if not in_data or lines[-1] == "data":
                    stream.write(said.get(lines[-1], b"250 ok\r\n"))
                stream.flush()
                if lines[-1] == "quit":
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        send = channels(mail_to="them@a.vn", smtp=address)["mail"]
        send(compose([change()]))  # type: ignore[operator]
        thread.join(5)
    assert "rcpt to:<them@a.vn>" in lines


def test_what_cannot_be_delivered_is_tried_again_and_given_up_after_a_day() -> None:
    now, tries = [0.0], []

    def fail(message: Message) -> None:
        tries.append(now[0])
        raise CrawlError(f"no: {message.subject}")

    delivery = Delivery({"webhook": fail}, clock=lambda: now[0])
    delivery.put(compose([change()]))
    while delivery.waiting:
        delivery.deliver()
        now[0] += 10
    assert tries[:3] == [0, 60, 180]
    assert 86400 < tries[-1] < 100_000


def test_each_channel_is_told_once() -> None:
    got: list[str] = []
    delivery = Delivery({"a": lambda m: got.append(m.subject), "b": lambda m: got.append(m.text)})
    delivery.put(compose([change()]))
    assert delivery.deliver() == 0
    assert delivery.deliver() == 0
    assert len(got) == 2


def test_what_was_not_delivered_is_delivered_after_a_restart(tmp_path: Path) -> None:
    def fail(message: Message) -> None:
        raise CrawlError(f"no: {message.subject}")

    file = tmp_path / "outbox.json"
    before = Delivery({"mail": fail, "webhook": lambda _: None}, file)
    before.put(compose([change(), change("b", "ok", "frozen")]))
    assert before.deliver() == 1
    got: list[Message] = []
    after = Delivery({"mail": got.append, "webhook": got.append}, file)
    assert after.deliver() == 0
    assert got == [compose([change(), change("b", "ok", "frozen")])]
    assert Delivery({"mail": got.append}, file).waiting == 0


@pytest.mark.parametrize("damage", ["", "{", "[1]", '[["mail", 1, "{}"]]', "\x00"])
def test_a_damaged_file_of_alarms_is_said_and_left(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "outbox.json"
    file.write_text(damage)
    delivery = Delivery({"mail": lambda _: None}, file)
    assert delivery.waiting == 0
    delivery.put(compose([change()]))
    assert delivery.deliver() == 0


def test_a_stop_does_not_wait_for_a_receiver_that_hangs() -> None:
    hanging = threading.Event()
    delivery = Delivery({"command": lambda _: hanging.wait(30) and None})
    delivery.put(compose([change()]))
    delivery.finish(0.1)
    assert delivery.waiting == 1
    hanging.set()


def test_a_receiver_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.net.webhook.MOST_SECONDS", 0.3)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while not ended.wait(0.05):
                    connection.sendall(b"0")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        try:
            with pytest.raises(CrawlError, match="timed out"):
                post(
                    f"http://{place}/",
                    b"{}",
                    content_type="application/json",
                    private=PrivateHosts.parse(place),
                )
        finally:
            ended.set()
            thread.join()


def trouble(**changes: object) -> KeptTrouble:
    facts: dict[str, object] = {
        "source_id": "a",
        "cause": "gap",
        "state": "degraded",
        "since": "2026-11-24T00:00:00Z",
        "why": "a gap",
        "told": None,
    }
    return KeptTrouble(**facts | changes)  # type: ignore[arg-type]


def test_a_change_tells_what_began_and_what_ended() -> None:
    both = replace(
        change(), began=(trouble(why="why"), trouble()), ended=(trouble(why="no answer"),)
    )
    assert describe(both) == (
        "a is broken (was ok): why\n"
        "  degraded since 2026-11-24T00:00:00Z: a gap\n"
        "  over, began 2026-11-24T00:00:00Z: no answer"
    )
    assert Message.from_json(compose([both]).as_json()) == compose([both])


def test_a_message_that_an_earlier_version_wrote_names_no_troubles() -> None:
    facts = json.loads(compose([change()]).as_json())
    for each in facts["changes"]:
        del each["began"], each["ended"]
    assert Message.from_json(json.dumps(facts)).changes == (change(),)


@pytest.mark.parametrize(
    ("states", "subject"),
    [
        (["broken", "broken"], "Báo Tỉnh: 2 sources in trouble"),
        (["ok", "ok"], "Báo Tỉnh: 2 ok again"),
        (["ok", "broken"], "Báo Tỉnh: 1 sources in trouble, 1 ok again"),
        (["ok"], "Báo Tỉnh: a is ok"),
    ],
)
def test_a_subject_counts_what_is_worse_and_what_is_well(states: list[str], subject: str) -> None:
    assert compose([change(state=state) for state in states]).subject == subject


def test_a_hundred_messages_wait_and_the_oldest_go_first(tmp_path: Path) -> None:
    delivery = Delivery({"mail": lambda _: None}, tmp_path / "outbox.json")
    for number in range(101):
        delivery.put(compose([change(f"s{number}")]))
    assert delivery.waiting == 100
    assert delivery._pending[0].message.changes[0].source_id == "s1"
    again = Delivery({"mail": lambda _: None}, tmp_path / "outbox.json")
    assert again.waiting == 100
    assert again._pending[0].written == pytest.approx(delivery._pending[0].written, abs=0.01)


def test_waits_between_tries_double_up_to_an_hour() -> None:
    now, tries = [0.0], []

    def fail(message: Message) -> None:
        tries.append(now[0])
        raise OSError(message.subject)

    delivery = Delivery({"mail": fail}, clock=lambda: now[0])
    delivery.put(compose([change()]))
    while len(tries) < 10:
        delivery.deliver()
        now[0] += 1
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    now[0] = 86_400.0
    delivery.deliver()
    assert delivery.waiting == 1
    now[0] = 86_400.0 + 3601
    delivery.deliver()
    assert delivery.waiting == 0


def test_a_clock_that_was_set_back_keeps_no_message_for_longer_than_an_hour() -> None:
    now, got = [1e9], []
    delivery = Delivery({"mail": lambda m: got.append(m.subject)}, clock=lambda: now[0])
    delivery.put(compose([change()]))
    now[0] -= 1e6
    assert delivery.deliver() == 0
    assert len(got) == 1


def test_messages_are_delivered_by_a_thread_of_their_own() -> None:
    done = threading.Event()
    delivery = Delivery({"mail": lambda _: done.set()})
    delivery.start()
    delivery.put(compose([change()]))
    assert done.wait(20)


def test_a_fault_that_no_channel_has_is_no_failed_delivery() -> None:
    def crash(message: Message) -> None:
        raise ZeroDivisionError(message.subject)

    delivery = Delivery({"mail": crash})
    delivery.put(compose([change()]))
    with pytest.raises(ZeroDivisionError):
        delivery.deliver()


def test_a_mail_says_who_what_and_to_whom() -> None:
    mail = make_mail(compose([change()]), recipients="them@a.vn, you@b.vn", sender="me@c.vn")
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        "Báo Tỉnh: a is broken",
        "me@c.vn",
        "them@a.vn, you@b.vn",
    )
    assert mail.get_content() == "a is broken (was ok): why\n"


@pytest.mark.parametrize(
    ("server", "place"), [("mail.vn", ("mail.vn", 25)), ("mail.vn:587", ("mail.vn", 587))]
)
def test_a_mail_server_listens_at_port_25_or_another(server: str, place: tuple[str, int]) -> None:
    assert mail_server(server) == place


def test_a_message_for_chat_services_is_readable_as_it_is() -> None:
    text = compose([change()]).as_json()
    assert '"subject": "Báo Tỉnh: a is broken"' in text
    assert Message.from_json(text) == compose([change()])


@pytest.mark.parametrize("command", ["false", "none-such-command"])
def test_a_command_that_fails_has_not_delivered(command: str) -> None:
    with pytest.raises((subprocess.CalledProcessError, OSError)):
        run_command(command, compose([change()]))
    run_command("true", compose([change()]))


def test_a_command_has_thirty_seconds_and_a_mail_server_ten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[tuple[object, float]] = []

    class Server(contextlib.nullcontext["Server"]):
        def __init__(self, host: str, port: int, *, timeout: float) -> None:
            super().__init__(self)
            given.append(((host, port), timeout))

        def send_message(self, mail: object) -> None:
            pass

    def run(words: list[str], *, timeout: float, **_: object) -> None:
        given.append((words, timeout))

    monkeypatch.setattr("crawler.monitoring.alerts.smtplib.SMTP", Server)
    monkeypatch.setattr("crawler.monitoring.alerts.subprocess.run", run)
    run_command("tell them", compose([change()]))
    send_mail(compose([change()]), recipients="a@a.vn", sender="b@b.vn", server="mail.vn:587")
    assert given == [(["tell", "them"], 30.0), (("mail.vn", 587), 10.0)]
