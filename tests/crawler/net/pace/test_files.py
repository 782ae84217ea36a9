"""The pace on one machine: one at a time, and never shut for ever."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.net.pace.files import FileGate, FileGates, HostGate
from crawler.net.pace.gate import Turn
from storage.errors import ArchiveUnusable

if TYPE_CHECKING:
    from pathlib import Path

BUSY_POLL = 0.05
RETRY_AFTER_CAP = 86_400.0


def test_one_request_at_a_time_and_a_pause_after_each(tmp_path: Path) -> None:
    one, other = HostGate(tmp_path, "a.vn"), HostGate(tmp_path, "a.vn")
    assert one.try_enter(100.0, 2.0) == 0
    assert one.try_enter(100.0, 2.0) > 0
    assert other.try_enter(200.0, 2.0) > 0
    one.leave(101.0)
    assert other.try_enter(101.5, 2.0) == pytest.approx(1.5)
    assert other.try_enter(103.0, 2.0) == 0
    assert HostGate(tmp_path, "b.vn").try_enter(101.5, 2.0) == 0


def test_a_host_that_asked_for_peace_gets_it_across_processes(tmp_path: Path) -> None:
    HostGate(tmp_path, "a.vn").hold(130.0, 100.0)
    gate = HostGate(tmp_path, "a.vn")
    gate.hold(120.0, 100.0)
    assert gate.held_for(100.0) == 30
    assert gate.try_enter(100.0, 0) == 30
    assert gate.try_enter(130.0, 0) == 0
    gate.leave(130.5)
    assert gate.held_for(131.0) == 0


def test_gates_are_made_once_and_all_left_when_they_are_closed(tmp_path: Path) -> None:
    gates, others = FileGates(tmp_path), FileGates(tmp_path)
    assert gates.of("a.vn") is gates.of("a.vn")
    assert [gates.of(name).try_enter(0, 9) for name in ("a.vn", "b.vn")] == [Turn(0), Turn(0)]
    assert [others.of(name).try_enter(0, 9).wait for name in ("a.vn", "b.vn")] == [BUSY_POLL] * 2
    gates.close()
    assert [others.of(name).try_enter(0, 9) for name in ("a.vn", "b.vn")] == [Turn(0), Turn(0)]
    others.close()


def test_a_clock_set_back_costs_one_pause(tmp_path: Path) -> None:
    gate = HostGate(tmp_path, "a.vn")
    assert gate.try_enter(1e9, 2.0) == 0
    gate.leave(1e9)
    other = HostGate(tmp_path, "a.vn")
    assert other.try_enter(1e6, 2.0) == 2, "the last request may have been a moment ago"
    assert other.try_enter(1e6 + 1, 2.0) == 1
    assert gate.try_enter(1e6 + 2, 2.0) == 0


def test_a_wish_for_peace_survives_a_small_jump_and_no_large_one(tmp_path: Path) -> None:
    gate = HostGate(tmp_path, "a.vn")
    gate.hold(1e9 + 3600, 1e9)
    assert gate.held_for(1e9 - 3600) == 7200
    assert gate.held_for(1e6) == 0
    gate.hold(1e6 + 60, 1e6)
    assert gate.held_for(1e6) == 60, "a wish of today replaces one of a wrong clock"


@given(
    last=st.floats(0, 4e9),
    now=st.floats(0, 4e9),
    delay=st.floats(0, 60),
    hold=st.floats(0, 4e9),
)
def test_whatever_clocks_said_before_a_gate_opens_within_its_own_delays(
    tmp_path_factory: pytest.TempPathFactory, last: float, now: float, delay: float, hold: float
) -> None:
    folder = tmp_path_factory.mktemp("gates")
    gate = gate_with(folder, f"{last:<23.3f}\n{hold:<23.3f}\n".encode())
    waited = 0.0
    while (wait := gate.try_enter(now + waited, delay)) > 0 and waited < 3 * RETRY_AFTER_CAP:
        waited += max(wait, 0.01)  # asked again a moment later, as the handler does
    assert waited <= RETRY_AFTER_CAP + delay + 1
    gate.close()


def test_a_killed_process_leaves_the_gate_open(tmp_path: Path) -> None:
    code = (
        "import os,sys; from pathlib import Path; from crawler.net.pace.files import HostGate;"
        "g=HostGate(Path(sys.argv[1]),'a.vn'); assert g.try_enter(1.0,0)==0; os.kill(os.getpid(),9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == -9
    assert HostGate(tmp_path, "a.vn").try_enter(2.0, 0) == 0


def gate_with(folder: Path, content: bytes) -> HostGate:
    HostGate(folder, "a.vn").close()
    next(folder.iterdir()).write_bytes(content)
    return HostGate(folder, "a.vn")


@pytest.mark.parametrize("content", [b"", b"x", b"\xff" * 100, b"soon " * 20, b"\x00" * 64])
def test_a_damaged_file_is_an_open_gate(tmp_path: Path, content: bytes) -> None:
    gate = gate_with(tmp_path, content)
    assert gate.held_for(2e9) == 0.0
    assert gate.try_enter(2e9, 5.0) == 0.0
    gate.leave(2e9)
    assert gate.try_enter(2e9 + 1, 5.0) == pytest.approx(4.0), "it works again"


@given(content=st.binary(max_size=100))
def test_no_content_of_the_file_closes_the_gate_for_longer_than_the_cap(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    gate = gate_with(tmp_path_factory.mktemp("gates"), content)
    assert 0.0 <= gate.held_for(2e9) <= RETRY_AFTER_CAP
    assert gate.try_enter(2e9, 5.0) <= max(5.0, RETRY_AFTER_CAP)


def test_a_gate_that_is_closed_touches_no_other_file(tmp_path: Path) -> None:
    gate = HostGate(tmp_path / "gates", "a.vn")
    assert gate.try_enter(100.0, 0.0) == 0
    gate.close()
    gate.close()
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)
    gate.leave(100.0)
    with pytest.raises(ArchiveUnusable, match="Bad file descriptor"):
        gate.held_for(100.0)
    assert os.fstat(0).st_ino, "nor is what every process has open closed"
    os.close(other)
    assert (tmp_path / "other").read_bytes() == b""


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "gates").write_text("")
    with pytest.raises(ArchiveUnusable, match=r"gates/[0-9a-f]{24} cannot be used: File exists"):
        HostGate(tmp_path / "gates", "a.vn")


def test_the_file_says_when_the_host_was_asked_last_and_when_it_may_be_asked(
    tmp_path: Path,
) -> None:
    gate = HostGate(tmp_path / "a" / "gates", "a.vn")
    (file,) = (tmp_path / "a" / "gates").iterdir()
    assert gate.try_enter(1234.5678, 0.0) == 0
    assert file.read_text() == "1234.568               \n"
    gate.hold(2000.25, 1235.0)
    gate.leave(1240.0)
    assert file.read_text() == "1240.000               \n2000.250               \n"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    gate.leave(1300.0)
    assert file.read_text().startswith("1240.000"), "who is not in cannot leave"
    gate.close()


@pytest.mark.parametrize(
    ("now", "wait", "last"),
    [
        (98.0, 2.0, 100.0),
        (100.0, 2.0, 100.0),
        (101.9, pytest.approx(0.1), 100.0),
        (102.0, 0.0, 102.0),
        # Two seconds ahead is what clocks of processes differ by; more, and one was set back.
        (97.9, 2.0, 97.9),
    ],
)
def test_the_pause_is_over_when_its_seconds_are(
    tmp_path: Path, now: float, wait: float, last: float
) -> None:
    gate = gate_with(tmp_path, b"%-23.3f\n" % 100.0)
    assert gate.try_enter(now, 2.0) == wait
    assert gate._read(0) == last
    gate.close()


def test_a_gate_by_the_clock_of_this_machine_waits_and_is_held(tmp_path: Path) -> None:
    gate, other = FileGate(tmp_path, "a.vn"), FileGate(tmp_path, "a.vn")
    assert gate.try_enter(50.0, 9.0) == Turn(0.0)
    assert other.try_enter(50.0, 9.0) == Turn(BUSY_POLL)
    gate.leave()
    turn = other.try_enter(50.0, 9.0)
    assert (turn.wait, turn.held) == (pytest.approx(50.0, abs=5.0), 0.0)
    other.hold(300.0)
    turn = gate.try_enter(0.0, 9.0)
    assert turn.wait == turn.held == pytest.approx(300.0, abs=5.0)
    gate.close()
    other.close()


def test_a_write_that_fails_leaves_the_host_free_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, other = HostGate(tmp_path, "a.vn"), HostGate(tmp_path, "a.vn")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    assert gate.try_enter(100.0, 0.0) == 0
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(ArchiveUnusable, match="No space left on device"):
        gate.leave(101.0)
    with pytest.raises(ArchiveUnusable):
        other.try_enter(200.0, 0.0)
    monkeypatch.undo()
    assert gate.try_enter(200.0, 0.0) == 0
    gate.close()
    other.close()
