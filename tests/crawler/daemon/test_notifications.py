"""What the daemon tells: alarms, logs, figures."""

from __future__ import annotations

import json
import signal
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.support.daemons import OFTEN, QUICK, keep
from tests.support.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.town import Town
    from tests.support.crawls import Desk


def listener(desk: Desk) -> tuple[str, Path]:
    """A command that keeps the messages it is given."""
    said = desk.folder / "alarms.jsonl"
    script = desk.folder / "listen.py"
    script.write_text(
        f"import sys\nopen({str(said)!r}, 'a').write(sys.stdin.read() + '\\n')\n", encoding="utf-8"
    )
    return f"{sys.executable} {script}", said


@pytest.mark.long
def test_trouble_is_told_once_and_recovery_once(desk: Desk, town: Town) -> None:
    command, said = listener(desk)
    with keep(desk, "town", **OFTEN, ALARM_COMMAND=command) as keeper:
        keeper.wait_for_articles(5)
        town.routes["/rss/home.rss"] = lambda x: x.reply("gone", 404)
        keeper.wait_for_words("town is broken")
        then = town.count("/rss/home.rss")
        keeper.wait_for(lambda: town.count("/rss/home.rss") > then)
        town.routes["/rss/home.rss"] = town._feed
        keeper.wait_for(lambda: said.read_text(encoding="utf-8").count("\n") >= 2)
        assert keeper.end() == 0
    messages = [json.loads(line) for line in said.read_text(encoding="utf-8").splitlines()]
    states = [change["state"] for message in messages for change in message["changes"]]
    assert states == ["broken", "ok"]
    assert "404" in messages[0]["text"]


@pytest.mark.long
def test_an_alarm_on_its_way_delays_no_stop_and_arrives_after_a_restart(
    desk: Desk, town: Town
) -> None:
    town.routes["/rss/home.rss"] = lambda x: x.reply("gone", 404)
    with keep(desk, "town", **OFTEN, ALARM_COMMAND="sleep 60") as keeper:
        keeper.wait_for_words("town is broken")
        assert keeper.end() == 0
        assert "not delivered yet and are kept" in keeper.said
    command, said = listener(desk)
    with keep(desk, "town", **OFTEN, ALARM_COMMAND=command) as keeper:
        keeper.wait_for(lambda: said.exists() and said.read_text().endswith("\n"))
        keeper.send(signal.SIGKILL)
    message = json.loads(said.read_text(encoding="utf-8"))
    assert [change["state"] for change in message["changes"]] == ["broken"]


def test_all_sources_failing_at_once_is_one_message(desk: Desk, town: Town) -> None:
    command, said = listener(desk)
    for number in range(5):
        desk.add_source(town.base, f"s{number}", seeds=[("feed", f"/rss/{number}.rss")])
    names = [f"s{number}" for number in range(5)]
    desk.settings = {**QUICK, "ALARM_COMMAND": command}
    assert desk.run("daemon", "--once", *names).returncode == 1
    first = json.loads(said.read_text(encoding="utf-8").splitlines()[0])
    assert len(first["changes"]) == 5
    assert "5 sources in trouble" in first["subject"]


@pytest.mark.long
def test_logs_are_json_when_asked_for(desk: Desk) -> None:
    with keep(desk, "--json-logs", "town") as keeper:
        keeper.wait_for_articles(5)
        assert keeper.end() == 0
        lines = [json.loads(line) for line in keeper.said.splitlines()]
    assert {"at", "level", "logger", "message"} <= set(lines[0])
    assert "start" in {line.get("event") for line in lines}


@pytest.mark.long
def test_metrics_are_served_on_loopback(desk: Desk) -> None:
    address = f"127.0.0.1:{free_port()}"
    with keep(desk, "--metrics", address, "town") as keeper:
        keeper.wait_for_articles(5)
        keeper.wait_for(
            lambda: 'baotinh_pages_total{outcome="new",source="town"} 5.0' in scrape(address)
        )
        keeper.wait_for(
            lambda: 'baotinh_source_health{source="town",state="ok"} 1.0' in scrape(address)
        )
        assert keeper.end() == 0


def scrape(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as answer:
        return str(answer.read().decode())
