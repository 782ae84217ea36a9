"""``python -m tests.site [SECONDS]``: serve a town on loopback for a while, ten minutes at most."""

from __future__ import annotations

import sys

from tests.site.town import Town


def main() -> None:
    """Print the base URL and serve until the time is over."""
    seconds = min(float(sys.argv[1]) if len(sys.argv) > 1 else 600.0, 600.0)
    with Town(40, lifetime=seconds) as town:
        sys.stdout.write(f"{town.base}/\n")
        sys.stdout.flush()
        town.stopping.wait(seconds)


if __name__ == "__main__":
    main()
