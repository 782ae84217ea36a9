"""All faults beside healthy sites, on public-looking addresses, with private canaries listening.

    python benchmarks/hostile.py [--healthy N]

Runs in network and mount namespaces of its own (Linux, root), so that the crawler needs no
exemption: it takes the sites for public ones, and every address it must never touch is really
there and listens. Ends with 1 unless no canary was touched, all healthy articles and all that must
be stored are in, and the whole run stayed under 200 MB. Takes about a minute.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.crawls import Desk
from tests.site.faults import bodies, http, manners, redirects, sizes, transport, variants
from tests.site.faults.model import STORE, Fault
from tests.site.server import Canary
from tests.site.town import Town

INSIDE = "BAOTINH_HOSTILE_INSIDE"
NETWORK = "93.184"
CANARIES = (
    *("127.0.0.9", "10.0.0.5", "172.16.0.5", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
    *("::1", "fd00::5"),
)
NAMES = {
    "internal.test": ["10.0.0.5"],
    "mixed.test": [f"{NETWORK}.200.1", "127.0.0.9"],
    "ula.test": ["fd00::5"],
    "mapped.test": ["::ffff:127.0.0.9"],
}
"""Names that lead inwards; ``mixed.test`` has a public address too, where nobody listens."""
MODULES = (transport, http, redirects, sizes, bodies, variants)


def enter() -> int:
    """Start this script again inside the namespaces."""
    if os.geteuid() != 0:
        print("needs root: network namespaces")
        return 2
    command = ["unshare", "--net", "--mount", "--fork", sys.executable, __file__, *sys.argv[1:]]
    return subprocess.run(command, env=os.environ | {INSIDE: "1"}, check=False).returncode


def run(*words: str) -> None:
    subprocess.run(words, check=True)


def furnish(hosts: dict[str, list[str]], folder: Path) -> None:
    """Give the namespace its addresses and names, and a name server that never answers."""
    run("ip", "link", "set", "lo", "up")
    private = [address for address in CANARIES if not address.startswith(("127.", "::1"))]
    for address in [*private, *(a for found in hosts.values() for a in found)]:
        if "::ffff" not in address and address != "127.0.0.9":
            bits = "128" if ":" in address else "32"
            more = ["nodad"] if ":" in address else []
            subprocess.run(
                ["ip", "addr", "add", f"{address}/{bits}", "dev", "lo", *more],
                check=False,
                stderr=subprocess.DEVNULL,
            )
    lines = [f"{address} {name}" for name, found in hosts.items() for address in found]
    for target, text in (("hosts", "\n".join(lines)), ("resolv.conf", "nameserver 192.0.2.53\n")):
        path = folder / target
        path.write_text(text + "\n", encoding="ascii")
        run("mount", "--bind", str(path), f"/etc/{target}")


def plan() -> dict[str, tuple[list[Fault], dict[str, object]]]:
    """Lane -> its faults and the routes they need."""
    lanes: dict[str, tuple[list[Fault], dict[str, object]]] = {}
    for module in MODULES:
        for fault in module.PAGES:
            lane = fault.lane or module.__name__.rpartition(".")[2]
            lanes.setdefault(lane, ([], getattr(module, "ROUTES", {})))[0].append(fault)
    return lanes


def inward() -> list[Fault]:
    """Redirects to names that lead inwards, which only a resolver can refuse."""
    return [
        Fault(f"to-{name}", "reject", lambda x, name=name: x.redirect(f"http://{name}/canary"))
        for name in NAMES
    ]


def main() -> int:
    """Run, print, judge."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--healthy", type=int, default=3)
    given = options.parse_args()
    if os.environ.pop(INSIDE, None) is None:
        return enter()
    lanes = plan()
    lanes["inward"] = (inward(), {})
    names = [*lanes, "tarpit"]
    names += [f"healthy-{number}" for number in range(given.healthy)]
    hosts = {
        f"{name}.test": [f"{NETWORK}.{i // 200}.{i % 200 + 1}"] for i, name in enumerate(names)
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        desk = Desk(
            Path(folder),
            settings={
                "DOWNLOAD_TIMEOUT": "3",
                "RETRY_BACKOFF": "0.05",
                "RETRY_AFTER_WAIT": "6",
                "CRAWL_DELAY_MAX": "1.2",
                "CRAWL_SOURCES_AT_ONCE": "80",
                "CONTACT": "https://example.org/baotinh",
            },
        )
        furnish(hosts | NAMES, Path(folder))
        canaries = [
            stack.enter_context(Canary(address, port)) for address in CANARIES for port in (80, 443)
        ]
        for canary in canaries:
            canary.prove()
        redirects.CANARY[0] = "127.0.0.9:80"

        def place(name: str) -> dict[str, object]:
            return {"host": hosts[f"{name}.test"][0], "port": 80, "called": f"{name}.test"}

        towns: dict[str, Town] = {}

        def open_town(name: str, town: Town, *seed: tuple[str, str]) -> None:
            towns[name] = stack.enter_context(town)
            desk.add_source(town.base, name, seeds=seed)

        feed = ("feed", "/rss/home.rss")
        for name, (faults, routes) in lanes.items():
            town = Town(3, **place(name))
            town.extra_feed = [(fault.path, fault.name, None) for fault in faults]
            town.routes |= {fault.path: fault.behave for fault in faults} | routes
            open_town(name, town, feed)
        tarpit = Town(3, **place("tarpit"))
        tarpit.routes = {"/*": manners.tarpit}
        open_town("tarpit", tarpit, feed)
        for number in range(given.healthy):
            name = f"healthy-{number}"
            open_town(name, Town(20, name=name, **place(name)), feed)
        desk.private.clear()
        child = desk.start("crawl", *towns)
        peak = watch(child.pid)
        out, errors = child.communicate(timeout=300)
        return judge(desk, towns, lanes, canaries, peak(), out, errors)


def watch(pid: int):
    """Return a function that gives the child's peak resident megabytes, sampled while it lived."""
    import threading
    import time

    seen = [0]

    def sample() -> None:
        path = Path(f"/proc/{pid}/status")
        while path.exists():
            lines = path.read_text(encoding="ascii", errors="replace").splitlines()
            peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
            if not peaks:
                return
            seen[0] = max(seen[0], *peaks)
            time.sleep(0.05)

    threading.Thread(target=sample, daemon=True).start()
    return lambda: seen[0] / 1024


def judge(desk, towns, lanes, canaries, peak, out, errors) -> int:
    """Print what happened and whether it is what must happen."""
    stored = {str(row[0]) for row in desk.rows("select url from links where state = 'stored'")}
    healthy = [url for name, town in towns.items() if name != "tarpit" for url in town.urls()]
    missing = [url for url in healthy if url not in stored]
    wrong = []
    for name, (faults, _) in lanes.items():
        for fault in faults:
            is_in = towns[name].base + fault.path in stored
            if fault.expect != "either" and is_in != (fault.expect == STORE):
                wrong.append(f"{fault.name}: expected {fault.expect}")
    touched = [f"{c.netloc} x{c.touched}" for c in canaries if c.touched]
    print(f"sites {len(towns)}, faults {sum(len(f) for f, _ in lanes.values())}")
    print(f"healthy articles stored: {len(healthy) - len(missing)} of {len(healthy)}")
    print(f"not as expected: {wrong or 'none'}")
    print(f"canaries touched: {touched or 'none'} (of {len(canaries)} listening)")
    print(f"peak memory of the crawl: {peak:.0f} MB")
    failed = bool(missing or wrong or touched or peak >= 200 or "Traceback" in errors)
    if failed:
        print(out[-3000:], errors[-6000:])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
