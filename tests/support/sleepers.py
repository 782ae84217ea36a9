"""Processes that only sleep, in a group of their own, for what ends and kills children."""

from __future__ import annotations

import subprocess


def sleep_on(*, stubborn: bool = False) -> subprocess.Popen[bytes]:
    """Start one that ends when it is asked to, or does not mind."""
    trap = "trap '' TERM; " if stubborn else ""
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"{trap}echo; exec sleep 60"],
        process_group=0,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()  # from now on it minds, or does not
    return process
