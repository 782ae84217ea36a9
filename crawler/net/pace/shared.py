"""The pace of a cluster: a hash a host in Redis, changed by one script, by the server's own clock.

Machines need not agree on the time. A request under way holds a lease that ends by itself, should
its process be killed. Keys are ``baotinh:pace:HOST``; all of them expire.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.net.broker import connect
from crawler.net.pace.gate import BUSY_POLL, PaceBrokerAway, Turn
from crawler.net.throttle import RETRY_AFTER_CAP

if TYPE_CHECKING:
    from redis import RedisError

    from crawler.net.broker import Broker

logger = logging.getLogger(__name__)

KEYS = "baotinh:pace:"
_ERA = "baotinh:pace-era"
KEEP = 2 * RETRY_AFTER_CAP
"""Seconds a key is kept after it was last used, at least."""
RETRY = 1.0
"""Seconds for which a Redis that did not answer is not asked again by the same process."""

# Times are milliseconds of the server's clock. Of a time that lies further ahead than it can, the
# clock was set back: what was left of it counts from now.
SCRIPT = """
local host, era_key = KEYS[1], KEYS[2]
local task, token, seen, fresh = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local span, lease, poll = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local keep, cap = tonumber(ARGV[8]), tonumber(ARGV[9])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function read(key, field)
    return tonumber(redis.call('HGET', key, field) or '') or 0
end
local function write(field, value)
    redis.call('HSET', host, field, string.format('%.0f', value))
end

-- An era begins with an empty Redis. Who remembers another one tells that leases were lost.
local era = redis.call('HGET', era_key, 'id')
if not era then
    era = fresh
    redis.call('HSET', era_key, 'id', era, 'since', string.format('%.0f', now))
end
if seen ~= '' and seen ~= era then redis.call('HSET', era_key, 'lost', 1) end
redis.call('PEXPIRE', era_key, keep)

local holder = redis.call('HGET', host, 'holder')
local wait, held = 0, 0
local free = read(host, 'free')
if free > now + cap then free = 0 end
held = math.max(free - now, 0)

if task == 'hold' then
    write('free', math.max(free, now + math.min(span, cap)))
elseif task == 'leave' then
    if holder == token then redis.call('HDEL', host, 'holder', 'until', 'lease') end
    write('last', now)
else
    local last, ends = read(host, 'last'), read(host, 'until')
    local ours = holder == token
    if holder and not ours then
        if ends > now + read(host, 'lease') then
            ends = now + read(host, 'lease')
            write('until', ends)
        end
        if ends > now then
            wait = math.max(math.min(ends - now, span), poll)
        else
            last = math.max(last, ends)
        end
    end
    if last > now then
        last = now
        write('last', last)
    end
    -- Entered before, and the answer was lost on the way: the pause is over.
    if not ours then wait = math.max(wait, last + span - now) end
    wait = math.max(wait, held)
    if redis.call('HEXISTS', era_key, 'lost') == 1 then
        local since = math.min(read(era_key, 'since'), now)
        wait = math.max(wait, since + lease - now)
    end
    if wait <= 0 then
        redis.call('HSET', host, 'holder', token)
        write('until', now + lease)
        write('lease', lease)
        write('last', now)
        wait = 0
    end
end
redis.call('PEXPIRE', host, keep + math.max(span, lease))
return {math.ceil(wait), math.ceil(held), era}
"""


@dataclass(frozen=True, slots=True)
class _Absence:
    """Since when Redis does not answer, when it was asked last, and what went wrong then."""

    since: float
    """Monotonic."""
    asked_at: float
    """Monotonic."""
    error: str


class Desk:
    """Asks Redis to run the script, and knows since when it does not answer. For any thread."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._client = connect(broker)
        self._script = self._client.register_script(SCRIPT)
        self._era = ""
        self._absence: _Absence | None = None

    def ask(self, task: str, key: str, token: str, span: float = 0.0, lease: float = 0.0) -> Turn:
        """Run the script for a host; ``span`` and ``lease`` are seconds. Raise PaceBrokerAway."""
        from redis import RedisError

        absence = self._absence
        if absence is not None and time.monotonic() - absence.asked_at < RETRY:
            raise self._away(absence)
        numbers = (span, lease, BUSY_POLL, KEEP, RETRY_AFTER_CAP)
        words = [task, token, self._era, uuid.uuid4().hex]
        words += [str(round(each * 1000)) for each in numbers]
        try:
            wait, held, era = self._script(keys=[KEYS + key, _ERA], args=words)
        except RedisError as error:
            raise self._miss(error) from error
        self._greet(era.decode())
        return Turn(wait / 1000, held / 1000)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _greet(self, era: str) -> None:
        if self._absence is not None:
            self._absence = None
            logger.warning("%s answers again", self._broker)
        if self._era and self._era != era:
            logger.warning(
                "%s has lost what it knew: hosts are left alone for a moment", self._broker
            )
        self._era = era

    def _miss(self, error: RedisError) -> PaceBrokerAway:
        now, before = time.monotonic(), self._absence
        if before is None:
            logger.warning("%s does not answer, nothing is asked before: %s", self._broker, error)
        absence = _Absence(before.since if before else now, now, str(error))
        self._absence = absence
        return self._away(absence)

    def _away(self, absence: _Absence) -> PaceBrokerAway:
        seconds = time.monotonic() - absence.since
        return PaceBrokerAway(f"{self._broker}: {absence.error}", seconds)


class SharedGate:
    """The right to ask one host, across all machines.

    What Redis could not be told is told before the gate is entered again: neither a pause nor a
    wish of the host is lost while it is away.
    """

    def __init__(self, desk: Desk, key: str) -> None:
        self._desk = desk
        self._key = key
        self._token = uuid.uuid4().hex
        self._inside = threading.Lock()
        self._owes_leave = False
        self._held_until = 0.0
        """Monotonic; 0: nothing is owed."""

    def try_enter(self, delay: float, lease: float) -> Turn:
        """Enter, if the host may be asked now. Raise PaceBrokerAway."""
        if not self._inside.acquire(blocking=False):
            return Turn(BUSY_POLL)
        turn = Turn(BUSY_POLL)
        try:
            self._settle()
            # Asked again with the same token, an answer that was lost on the way is not lost.
            turn = self._desk.ask("enter", self._key, self._token, delay, lease)
            return turn
        finally:
            if turn.wait > 0:
                self._inside.release()

    def leave(self) -> None:
        """End the request: the pause counts from when Redis hears of it."""
        if self._inside.locked():
            self._owes_leave = True
            self._try_to_settle()
            self._inside.release()

    def hold(self, seconds: float) -> None:
        """Close the gate for a time."""
        if seconds <= 0:
            return
        self._held_until = max(self._held_until, time.monotonic() + seconds)
        self._try_to_settle()

    def close(self) -> None:
        """Leave the gate, and try once more to tell what is owed."""
        self.leave()
        self._try_to_settle()

    def _try_to_settle(self) -> None:
        try:
            self._settle()
        except PaceBrokerAway as away:
            logger.debug("%s: told later: %s", self._key, away)

    def _settle(self) -> None:
        if self._owes_leave:
            self._desk.ask("leave", self._key, self._token)
            self._owes_leave = False
        if until := self._held_until:
            self._desk.ask("hold", self._key, self._token, max(0.0, until - time.monotonic()))
            if until == self._held_until:
                self._held_until = 0.0


class SharedGates:
    """The gates of a cluster that one component uses."""

    is_remote = True

    def __init__(self, broker: Broker) -> None:
        self._desk = Desk(broker)
        self._gates: dict[str, SharedGate] = {}

    def of(self, key: str) -> SharedGate:
        """Return the gate of the host with that `pace_key`."""
        if key not in self._gates:
            self._gates[key] = SharedGate(self._desk, key)
        return self._gates[key]

    def close(self) -> None:
        """Leave all gates and close the connection."""
        for gate in self._gates.values():
            gate.close()
        self._desk.close()
