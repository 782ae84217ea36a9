"""deploy/ against the program: settings and commands that are there, a Redis that starts so."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crawler import settings
from crawler.cli import COMMANDS
from crawler.net.broker import Broker, connect
from tests.support.paths import ROOT
from tests.support.redis import PROGRAM, RedisServer

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = ROOT / "deploy"
OPTIONS = {"ARCHIVE", "SERVE_HOSTS"}
"""Variables that options of commands read."""
PASSWORD = "sesame9"  # noqa: S105


def read_yaml(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def read_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path, encoding="utf-8")
    return unit


def fill_in(text: str) -> str:
    """What compose makes of a value."""
    return re.sub(r"\$\{REDIS_PASSWORD:\?[^}]*\}", PASSWORD, text).replace("$$", "$")


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    named = set(re.findall(r"BAOTINH_([A-Z_]+)", path.read_text(encoding="utf-8")))
    assert {name for name in named - OPTIONS if not hasattr(settings, name)} == set()


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_every_unit_runs_a_command(unit: Path) -> None:
    service = read_unit(unit)["Service"]
    program, command, *_ = service["ExecStart"].split()
    assert program.endswith("/bin/baotinh")
    assert command in COMMANDS
    assert service["RestartPreventExitStatus"] == "2"


@pytest.mark.parametrize("name", ["compose.yaml", "cluster.yaml"])
def test_every_service_of_ours_runs_a_command(name: str) -> None:
    services = read_yaml(name)["services"]
    ours = {each: told for each, told in services.items() if "build" in told}
    assert ours
    assert {each for each, told in ours.items() if told["command"][0] not in COMMANDS} == set()


def test_daemon_and_workers_have_time_to_end_their_crawls() -> None:
    composed = {**read_yaml("compose.yaml")["services"], **read_yaml("cluster.yaml")["services"]}
    worker = read_unit(DEPLOY / "baotinh-worker.service")["Service"]
    for seconds in (composed["worker"]["stop_grace_period"], worker["TimeoutStopSec"]):
        assert int(seconds.removesuffix("s")) >= settings.DAEMON_KILL_GRACE + 30


def test_daemon_and_workers_name_the_redis_beside_them() -> None:
    services = read_yaml("cluster.yaml")["services"]
    told = [services[name]["environment"]["BAOTINH_BROKER"] for name in ("daemon", "worker")]
    assert {Broker.parse(fill_in(each)) for each in told} == {
        Broker("redis", 6379, 0, password=PASSWORD)
    }
    assert services["worker"]["deploy"]["replicas"] == 2


def test_redis_starts_as_it_is_told_and_keeps_what_it_is_told(tmp_path: Path) -> None:
    if PROGRAM is None:
        pytest.skip("there is no redis-server: install Debian's package redis-server")
    service = read_yaml("cluster.yaml")["services"]["redis"]
    (mounted,) = [each for each in service["volumes"] if "conf" in each]
    own, theirs, _ = mounted.split(":")
    server = RedisServer(tmp_path, PASSWORD)
    words = shlex.split(fill_in(service["command"]))
    assert words[:2] == ["sh", "-c"]
    line = words[2].replace(theirs, str(DEPLOY / own)).replace("/data", str(tmp_path))
    line = line.replace("redis-server", PROGRAM).removesuffix("-") + f"--port {server.port} -"
    assert PASSWORD not in line
    log = (tmp_path / "log").open("wb")
    with (
        log,
        subprocess.Popen(
            ["sh", "-c", line], env={"REDIS_PASSWORD": PASSWORD}, stdout=log, start_new_session=True
        ) as process,
    ):
        try:
            server.wait_until_up()
            with connect(Broker.parse(server.url)) as client:
                assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
                assert client.config_get("appendonly") == {"appendonly": "yes"}
            server.password = ""
            with server.client() as client, pytest.raises(Exception, match="uthentic"):
                client.ping()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
