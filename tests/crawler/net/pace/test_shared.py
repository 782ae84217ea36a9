"""The pace of a cluster, kept by a real Redis: killed, emptied, and among clocks that differ."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from crawler.errors import UsageError
from crawler.net.broker import Broker
from crawler.net.pace import PaceBrokerAway, Turn, open_gates
from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.daemons import FEED
from tests.support.redis import RedisServer, run_redis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crawler.net.pace import Gate
    from crawler.net.pace.shared import SharedGates
    from tests.site.exchange import Exchange

RETRY_AFTER_CAP = 86_400.0

HOST = "a.vn"
KEY = f"baotinh:pace:{HOST}"
LEASE = 30.0
STEPS = ("ask", "ask", "ask", "kill", "hold")
FIELDS = ("holder", "until", "lease", "last", "free")


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with run_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def machine(redis: RedisServer) -> Iterator[Callable[[], SharedGates]]:
    """The gates of one machine more, all with one Redis that is empty at first."""
    from crawler.net.pace.shared import SharedGates

    made: list[SharedGates] = []

    def make() -> SharedGates:
        made.append(SharedGates(Broker.parse(redis.url)))
        return made[-1]

    with redis.client() as client:
        client.flushall()
    yield make
    for gates in made:
        gates.close()


class Script:
    """What Redis answers to the script, and what it was asked; no Redis is needed."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], list[str]]] = []
        self.answer: tuple[int, int, bytes] | Exception = (0, 0, b"era1")
        self.at: Callable[[str], object] = lambda _: None

    def __call__(self, keys: list[str], args: list[str]) -> tuple[int, int, bytes]:
        self.asked.append((keys, args))
        self.at(args[0])
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def tasks(self) -> list[str]:
        return [args[0] for _, args in self.asked]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def gates(script: Script) -> Iterator[SharedGates]:
    from crawler.net.pace.shared import SharedGates

    made = SharedGates(Broker.parse("redis://:secret@127.0.0.1:1/0"))
    made._desk._script = script  # type: ignore[assignment]
    yield made
    script.answer = (0, 0, b"era1")
    made.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A monotonic clock that a test moves."""
    now = [1000.0]
    monkeypatch.setattr("crawler.net.pace.shared.time.monotonic", lambda: now[0])
    return now


def test_the_script_is_told_milliseconds_and_answers_in_them(
    gates: SharedGates, script: Script
) -> None:
    script.answer = (1500, 2500, b"era1")
    assert gates.of(HOST).try_enter(1.25, 30.0) == Turn(1.5, 2.5)
    ((keys, args),) = script.asked
    assert keys == ["baotinh:pace:a.vn", "baotinh:pace-era"]
    assert (args[0], args[2]) == ("enter", "")
    assert args[4:] == ["1250", "30000", "50", "172800000", "86400000"]
    gates.of("b.vn").try_enter(0.0, 1.0)
    assert script.asked[1][1][2] == "era1", "what was heard last is told"
    assert script.asked[1][1][1] != args[1], "each gate has a token of its own"
    assert gates.of(HOST) is gates.of(HOST)
    assert gates.is_remote


def test_a_redis_that_is_away_is_asked_once_a_second_and_told_when_it_is_back(
    gates: SharedGates, script: Script, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    from redis import ConnectionError as RedisConnectionError

    script.answer = RedisConnectionError("no route")
    for wait, asked, seconds in ((0.0, 1, 0.0), (0.9, 1, 0.9), (0.1, 2, 1.0), (5.0, 3, 6.0)):
        clock[0] += wait
        with pytest.raises(PaceBrokerAway) as away:
            gates.of(HOST).try_enter(0.0, LEASE)
        assert (len(script.asked), away.value.seconds) == (asked, pytest.approx(seconds))
        assert str(away.value) == "redis://127.0.0.1:1/0: no route"
    clock[0] += 1.0
    script.answer = (0, 0, b"era1")
    assert gates.of(HOST).try_enter(0.0, LEASE) == Turn(0.0)
    gates.of("b.vn").try_enter(0.0, LEASE)
    said = [each.getMessage().partition(" ")[2] for each in caplog.records]
    assert said == ["does not answer, nothing is asked before: no route", "answers again"]
    script.answer = RedisConnectionError("again")
    with pytest.raises(PaceBrokerAway) as away:
        gates.of("c.vn").try_enter(0.0, LEASE)
    assert away.value.seconds == 0.0, "an absence of its own"


def test_a_redis_that_lost_what_it_knew_is_told(
    gates: SharedGates, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    for era in (b"era1", b"era1", b"era2", b"era2"):
        script.answer = (5, 0, era)
        gates.of(HOST).try_enter(0.0, LEASE)
    assert ["has lost what it knew" in each.getMessage() for each in caplog.records] == [True]


def test_who_is_in_asks_nobody_and_who_is_not_cannot_leave(
    gates: SharedGates, script: Script
) -> None:
    gate = gates.of(HOST)
    gate.leave()
    assert script.asked == []
    assert gate.try_enter(0.0, LEASE) == Turn(0.0)
    assert gate.try_enter(0.0, LEASE) == Turn(0.05)
    gate.leave()
    gate.leave()
    assert script.tasks == ["enter", "leave"]
    script.answer = (10, 0, b"era1")
    assert [gate.try_enter(0.0, LEASE).wait for _ in range(2)] == [0.01, 0.01]


def test_what_redis_could_not_be_told_is_told_before_the_next_turn(
    gates: SharedGates, script: Script, clock: list[float]
) -> None:
    from redis import ConnectionError as RedisConnectionError

    gate = gates.of(HOST)
    gate.try_enter(0.0, LEASE)
    script.answer = RedisConnectionError("no route")
    gate.hold(0.0)
    gate.hold(-1.0)
    gate.hold(60.0)
    gate.hold(20.0)
    gate.leave()
    clock[0] += 15.0
    with pytest.raises(PaceBrokerAway):
        gate.try_enter(0.0, LEASE)
    clock[0] += 1.0
    script.asked.clear()
    script.answer = (0, 0, b"era1")
    assert gate.try_enter(0.0, LEASE) == Turn(0.0)
    assert script.tasks == ["leave", "hold", "enter"]
    assert script.asked[1][1][4] == "44000", "what is left of the longer wish"
    gate.leave()
    gate.hold(0.5)
    assert script.tasks[3:] == ["leave", "hold"]
    script.answer = RedisConnectionError("no route")
    gate.hold(1.0)
    clock[0] += 9.0
    script.answer = (0, 0, b"era1")
    gates.close()
    assert script.asked[-1][1][4] == "0", "a wish that is over is over"


def test_a_wish_that_comes_while_another_is_told_is_told_too(
    gates: SharedGates, script: Script, clock: list[float]
) -> None:
    gate = gates.of(HOST)
    longer = iter([clock[0] + 90.0])

    def wish(_: str) -> None:
        gate._held_until = next(longer, gate._held_until)

    script.at = wish
    gate.hold(10.0)
    gate.try_enter(0.0, LEASE)
    assert [args[4] for _, args in script.asked] == ["10000", "90000", "0"]


def test_all_gates_are_left_at_the_end(gates: SharedGates, script: Script) -> None:
    for host in (HOST, "b.vn"):
        gates.of(host).try_enter(0.0, LEASE)
    script.asked.clear()
    gates.close()
    assert script.tasks == ["leave", "leave"]
    gates.close()
    assert len(script.asked) == 2


def enter(gate: Gate, delay: float = 0.0, lease: float = LEASE) -> float:
    """Wait for a turn, as a crawl does; when it was asked for that was given (monotonic)."""
    asked = time.monotonic()
    while (turn := gate.try_enter(delay, lease)).wait > 0:
        time.sleep(turn.wait)
        asked = time.monotonic()
    return asked


def test_one_request_at_a_time_and_a_pause_after_each(machine: Callable[[], SharedGates]) -> None:
    one, other = machine().of(HOST), machine().of(HOST)
    assert one.try_enter(0.2, LEASE) == Turn(0)
    assert one.try_enter(0.2, LEASE).wait > 0
    assert other.try_enter(0.2, LEASE).wait > 0
    assert machine().of("b.vn").try_enter(0.2, LEASE) == Turn(0)
    left = time.monotonic()
    one.leave()
    assert 0 < other.try_enter(60, LEASE).wait <= 60
    enter(other, 0.2)
    assert time.monotonic() - left >= 0.198


def test_a_host_that_asked_for_peace_gets_it_from_everybody(
    machine: Callable[[], SharedGates],
) -> None:
    machine().of(HOST).hold(100)
    gate = machine().of(HOST)
    gate.hold(20)
    turn = gate.try_enter(0, LEASE)
    assert 50 < turn.held <= 100
    assert turn.wait == turn.held
    gate.hold(2 * RETRY_AFTER_CAP)
    assert gate.try_enter(0, LEASE).held <= RETRY_AFTER_CAP


def test_the_lease_of_who_was_killed_ends_by_itself(machine: Callable[[], SharedGates]) -> None:
    killed, other = machine().of(HOST), machine().of(HOST)
    begin = time.monotonic()
    assert killed.try_enter(0.1, 0.3) == Turn(0)
    enter(other, 0.1)
    took = time.monotonic() - begin
    assert took >= 0.398, "its request may have been under way to the end"
    killed.leave()
    assert killed.try_enter(0.0, LEASE).wait > 0, "who wakes late ends nobody's lease but its own"


def test_clocks_of_machines_do_not_matter(
    machine: Callable[[], SharedGates], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machine().of(HOST), machine().of(HOST)
    assert one.try_enter(60, LEASE) == Turn(0)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    assert other.try_enter(60, LEASE).wait > 10
    one.leave()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert other.try_enter(60, LEASE).wait > 10


def test_all_keys_expire(machine: Callable[[], SharedGates], redis: RedisServer) -> None:
    gate = machine().of(HOST)
    gate.try_enter(0, LEASE)
    gate.hold(10)
    with redis.client() as client:
        assert [key for key in client.scan_iter() if client.ttl(key) < 3600] == []


@given(
    ahead=st.lists(st.floats(-1e9, 4e12), min_size=5, max_size=5),
    junk=st.dictionaries(st.sampled_from(FIELDS), st.binary(max_size=12)),
    delay=st.floats(0, 60),
)
@bounds(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_clocks_said_before_a_gate_opens_within_its_own_delays(
    machine: Callable[[], SharedGates],
    redis: RedisServer,
    ahead: list[float],
    junk: dict[str, bytes],
    delay: float,
) -> None:
    now = time.time() * 1000
    told = dict(
        zip(FIELDS, ["somebody", *(f"{now + each:.0f}" for each in ahead[1:])], strict=True)
    )
    told["lease"] = f"{LEASE * 1000:.0f}"
    with redis.client() as client:
        client.delete(KEY)
        client.hset(KEY, mapping=told | junk)
    turn = machine().of(HOST).try_enter(delay, LEASE)
    assert 0 <= turn.held <= RETRY_AFTER_CAP
    if "lease" not in junk:
        assert turn.wait <= max(turn.held, delay + LEASE, 0.1)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(STEPS))))
@bounds(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_requests_of_machines_never_overlap_or_come_early(
    machine: Callable[[], SharedGates], redis: RedisServer, steps: list[tuple[int, str]]
) -> None:
    delay, lease, hold = 0.01, 0.06, 0.04
    with redis.client() as client:
        client.delete(KEY)
    gates = [machine() for _ in range(3)]
    free_at = 0.0
    for number, step in steps[:10]:
        if step == "hold":
            free_at = max(free_at, time.monotonic() + hold - 0.002)
            gates[number].of(HOST).hold(hold)
            continue
        asked = enter(gates[number].of(HOST), delay, lease)
        assert time.monotonic() >= free_at
        if step == "kill":
            gates[number] = machine()
            free_at = max(free_at, asked + lease - 0.002)
        else:
            free_at = max(free_at, time.monotonic() + delay - 0.002)
            gates[number].of(HOST).leave()


def test_threads_of_one_process_have_one_turn(machine: Callable[[], SharedGates]) -> None:
    gate, inside, most = machine().of(HOST), 0, 0

    def visit() -> None:
        nonlocal inside, most
        enter(gate)
        inside += 1
        most = max(most, inside)
        time.sleep(0.01)
        inside -= 1
        gate.leave()

    threads = [threading.Thread(target=visit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_gates_that_are_closed_let_go_of_their_hosts_and_of_redis(
    machine: Callable[[], SharedGates], redis: RedisServer
) -> None:
    one, other = machine(), machine()
    assert one.of(HOST).try_enter(0, LEASE) == Turn(0)
    with redis.client() as client:
        before = len(client.client_list())
        one.close()
        deadline = time.monotonic() + 10
        while len(client.client_list()) >= before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(client.client_list()) == before - 1
    assert other.of(HOST).try_enter(0, LEASE) == Turn(0)


# --- Redis is away, and comes back ---------------------------------------------------------------


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[RedisServer]:
    with run_redis(tmp_path / "redis") as server:
        yield server


def test_what_was_not_told_while_redis_was_away_is_told_later(mortal: RedisServer) -> None:
    gates, others = open_gates(mortal.folder, mortal.url), open_gates(mortal.folder, mortal.url)
    gate = gates.of(HOST)
    assert gate.try_enter(0.1, LEASE) == Turn(0)
    mortal.kill()
    gate.leave()
    gate.hold(50)
    with pytest.raises(PaceBrokerAway) as away:
        gate.try_enter(0.1, LEASE)
    assert away.value.seconds < 5
    mortal.start()
    assert others.of(HOST).try_enter(0, LEASE).wait > 0, "the lease is as it was"
    time.sleep(1.1)  # a Redis that was away is asked again after a moment
    assert gate.try_enter(0.1, LEASE).held > 40
    assert others.of(HOST).try_enter(0, LEASE).held > 40
    gates.close()
    others.close()


def test_after_redis_was_emptied_leases_that_are_lost_still_count(mortal: RedisServer) -> None:
    gates, others = open_gates(mortal.folder, mortal.url), open_gates(mortal.folder, mortal.url)
    assert gates.of(HOST).try_enter(0, LEASE) == Turn(0)
    others.of("b.vn").try_enter(0, LEASE)
    with mortal.client() as client:
        client.flushall()
    assert LEASE - 5 < others.of(HOST).try_enter(0, LEASE).wait <= LEASE
    gates.close()
    others.close()


def test_a_broker_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="BROKER"):
        open_gates(tmp_path, "localhost:6379")


# --- crawls --------------------------------------------------------------------------------------


def desks(tmp_path: Path, town: Town, url: str, **settings: str) -> list[Desk]:
    """Two machines, each with an archive of its own, that crawl one host."""
    made = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        desk = Desk(folder, settings={"BROKER": url, **settings})
        desk.add_source(town.base, seeds=FEED)
        made.append(desk)
    return made


@pytest.mark.long
def test_two_crawls_share_the_pace_of_a_host_while_redis_dies_and_comes_back(
    tmp_path: Path, mortal: RedisServer
) -> None:
    with Town(6) as town:
        pair = desks(tmp_path, town, mortal.url, DOWNLOAD_DELAY="0.15")
        crawls = [desk.start("crawl", "town") for desk in pair]
        while len(town.hits) < 5:
            assert None in [crawl.poll() for crawl in crawls]
            time.sleep(0.02)
        mortal.kill()
        time.sleep(0.5)
        mortal.start()
        ended = [crawl.communicate(timeout=60) for crawl in crawls]
        assert [crawl.returncode for crawl in crawls] == [0, 0], ended
        assert [desk.value("select count(*) from articles") for desk in pair] == [6, 6]
        assert town.max_concurrent == 1
        assert town.min_gap() >= 0.14
    for desk in pair:
        assert desk.rows("select outcomes from runs where outcomes like '%failed%'") == []


def test_a_crawl_without_its_redis_waits_and_then_puts_everything_off(
    tmp_path: Path, mortal: RedisServer
) -> None:
    with Town(6) as town:
        settings = {"DOWNLOAD_DELAY": "0.1", "DOWNLOAD_TIMEOUT": "5", "RETRY_AFTER_WAIT": "1.5"}
        desk, _ = desks(tmp_path, town, mortal.url, **settings)
        third = town.latest()[2].path

        def kill(exchange: Exchange) -> None:
            mortal.kill()
            del town.routes[third]
            town.fallback(exchange)

        town.routes[third] = kill
        said = desk.crawl().stderr
        assert "the Redis of the cluster cannot be reached" in said
        states = dict(desk.rows("select state, count(*) from links group by 1"))
        assert set(states) == {"pending", "stored"}
        asked = len(town.hits)
        done = desk.crawl()
        assert len(town.hits) == asked, "nobody is asked without a pace"
        assert "Traceback" not in done.stderr
        assert desk.rows("select state from links where attempts > 0") == []
        assert desk.rows("select failures, last_error from seeds") == [(0.0, None)]
        mortal.start()
        assert desk.crawl().returncode == 0
        assert desk.value("select count(*) from articles") == 6
