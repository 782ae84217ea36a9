"""Standard input, output and error of a command: there from the start, and whole at the end."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.errors import BaotinhError

if TYPE_CHECKING:
    from collections.abc import Iterator

STDERR = 2
LOST = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""What a write to standard output fails with that takes nothing more; a pipe that nobody reads
any more is another matter, and ends a command silently."""


def open_streams() -> None:
    """Put the null device in the place of each standard stream that was closed.

    Else the next file that is opened, an archive for example, would get the number of standard
    output, and what is printed would go into it.
    """
    while (opened := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        os.set_inheritable(opened, True)
    os.close(opened)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)


@contextmanager
def guard_output() -> Iterator[None]:
    """Raise BaotinhError where standard output could not take all that was written to it."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in LOST or error.filename is not None:
            raise
        # What is left in the buffer can go nowhere; at its end Python would try once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise BaotinhError(f"standard output cannot be written: {error.strerror}") from None
