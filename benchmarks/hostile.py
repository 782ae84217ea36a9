"""All faults beside healthy sites, on public-looking addresses, with private canaries listening.

    python benchmarks/hostile.py [--healthy N]

Runs in network and mount namespaces of its own (Linux, root), so that the crawler needs no
exemption: it takes the sites for public ones, and every address it must never touch is really
there and listens. Names are answered by a server of its own, some with other addresses every time. Ends with 1 unless no canary was touched, all healthy articles and all that must
be stored are in, and the whole run stayed under 200 MB. Takes about a minute.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.site import names
from tests.site.faults import bodies, http, manners, redirects, seeds, sizes, transport, variants
from tests.site.faults.model import STORE, Fault
from tests.site.server import Canary
from tests.site.town import Town
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

INSIDE = "BAOTINH_HOSTILE_INSIDE"
NETWORK = "93.184"
CANARIES = (
    *("127.0.0.9", "10.0.0.5", "172.16.0.5", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
    *("::1", "fd00::5"),
)
SERVER = f"{NETWORK}.250.53"
INWARD: dict[str, object] = {
    "internal.test": ["10.0.0.5"],
    "metadata.test": ["169.254.169.254"],
    "cgnat.test": ["100.64.0.1"],
    "ula.test": ["fd00::5"],
    "loopback6.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.9"],
    "alias.test": ["one.alias.test.", "two.alias.test.", "10.0.0.5"],
    "crowd.test": [f"10.0.0.{n}" for n in range(5, 20)],
    "127.0.0.9.names.test": ["127.0.0.9"],
    "servfail.test": names.SERVFAIL,
    "nothing.test": [],
    "silent.test": None,
}
"""Names that lead inwards or nowhere: nothing may come of a source that lives there."""
OUTWARD = {
    "mixed.test": lambda own: [own, "127.0.0.9"],
    "mixed6.test": lambda own: ["::1", "fd00::5", own],
    "rebind.test": lambda own: names.rebinding(own, "127.0.0.9", "10.0.0.5"),
    "aliased.test": lambda own: ["far.aliased.test.", own],
}
"""Names with a public site of their own beside what they should not lead to."""
SEEDED = seeds.FEEDS | seeds.SITEMAPS | seeds.LISTINGS
MEGABYTES = 200
SETTINGS = {
    "DOWNLOAD_TIMEOUT": "6",
    "RETRY_BACKOFF": "0.05",
    "RETRY_AFTER_WAIT": "6",
    "CRAWL_DELAY_MAX": "1.2",
    "CRAWL_SOURCES_AT_ONCE": "12",
    "CONTACT": "https://example.org/baotinh",
}
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


def furnish(hosts: dict[str, str], folder: Path) -> names.NameServer:
    """Give the namespace its addresses and its name server."""
    run("ip", "link", "set", "lo", "up")
    inner = [a for a in CANARIES if not a.startswith("127.") and a != "::1"]
    for address in [*inner, SERVER, *hosts.values()]:
        bits, more = ("128", ["nodad"]) if ":" in address else ("32", [])
        run("ip", "addr", "add", f"{address}/{bits}", "dev", "lo", *more)
    for target, text in (
        ("hosts", "127.0.0.1 localhost"),
        ("resolv.conf", f"nameserver {SERVER}\noptions timeout:2 attempts:1"),
    ):
        path = folder / target
        path.write_text(text + "\n", encoding="ascii")
        run("mount", "--bind", str(path), f"/etc/{target}")
    table: dict[str, object] = {name: [address] for name, address in hosts.items()}
    table |= {name: make(hosts[name]) for name, make in OUTWARD.items()}
    return names.NameServer(SERVER, table | INWARD)


def plan() -> dict[str, tuple[list[Fault], dict[str, object]]]:
    """Lane -> its faults and the routes they need."""
    lanes: dict[str, tuple[list[Fault], dict[str, object]]] = {}
    for module in MODULES:
        for fault in module.PAGES:
            lane = fault.lane or module.__name__.rpartition(".")[2]
            lanes.setdefault(lane, ([], getattr(module, "ROUTES", {})))[0].append(fault)
    return lanes


def inward() -> list[Fault]:
    """Redirects to names that lead inwards."""
    return [
        Fault(f"to-{name}", "reject", lambda x, name=name: x.redirect(f"http://{name}/canary"))
        for name in INWARD
    ]


def whole_sites() -> dict[str, tuple[Callable[[], Town], tuple[str, str]]]:
    """Name -> how to make the town, and its seed: feeds, sitemaps, robots.txt, traps."""
    feed = ("feed", seeds.FEED)
    made = {name: (make, feed) for name, (make, _) in seeds.FEEDS.items()}
    made |= {name: (make, ("sitemap", seeds.SITEMAP)) for name, (make, _) in seeds.SITEMAPS.items()}
    made |= {name: (make, ("listing", seeds.LISTING)) for name, (make, _) in seeds.LISTINGS.items()}
    made |= {name: (make, ("feed", "/rss/home.rss")) for name, (make, _) in manners.ROBOTS.items()}
    made |= {name: (make, ("listing", seed)) for name, (make, seed) in manners.TRAPS.items()}
    return made


def main() -> int:
    """Run, print, judge."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--healthy", type=int, default=3)
    options.add_argument("--table", action="store_true", help="print what became of each fault")
    given = options.parse_args()
    if os.environ.pop(INSIDE, None) is None:
        return enter()
    lanes = plan()
    lanes["inward"] = (inward(), {})
    sites = whole_sites()
    healthy = [f"healthy-{number}" for number in range(given.healthy)]
    places = [*(f"{name}.test" for name in (*lanes, *sites, "tarpit", *healthy)), *OUTWARD]
    hosts = {name: f"{NETWORK}.{i // 200}.{i % 200 + 1}" for i, name in enumerate(places)}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        desk = Desk(Path(folder), settings=SETTINGS)
        server = stack.enter_context(furnish(hosts, Path(folder)))
        canaries = [
            stack.enter_context(Canary(address, port)) for address in CANARIES for port in (80, 443)
        ]
        for canary in canaries:
            canary.prove()
        redirects.CANARY[0] = "127.0.0.9:80"
        towns: dict[str, Town] = {}

        def open_town(host: str, town: Town, *seed: tuple[str, str]) -> None:
            name = host.removesuffix(".test")
            towns[name] = stack.enter_context(town.move(hosts[host], 80, host))
            desk.add_source(town.base, name, seeds=seed)

        feed = ("feed", "/rss/home.rss")
        for name, (faults, routes) in lanes.items():
            town = Town(3)
            town.extra_feed = [(fault.path, fault.name, None) for fault in faults]
            town.routes |= {fault.path: fault.behave for fault in faults} | routes
            open_town(f"{name}.test", town, feed)
        for name, (make, seed) in sites.items():
            open_town(f"{name}.test", make(), seed)
        for name in healthy:
            open_town(f"{name}.test", Town(20, name=name), feed)
        for host in OUTWARD:
            open_town(host, Town(5, name=host), feed)
        tarpit = Town(3)
        tarpit.routes = {"/*": manners.tarpit}
        open_town("tarpit.test", tarpit, feed)
        nowhere = [host.removesuffix(".test") for host in INWARD]
        for host, name in zip(INWARD, nowhere, strict=True):
            desk.add_source(f"http://{host}", name.replace(".", "-"), seeds=[feed])
        desk.private.clear()
        child = desk.start("crawl", *towns, *(name.replace(".", "-") for name in nowhere))
        gauge = Gauge(child.pid)
        out, errors = child.communicate(timeout=400)
        result = Result(desk, towns, lanes, canaries, gauge, out, errors, server)
        return result.judge(table=given.table)


@dataclass
class Result:
    """What one crawl of everything left behind."""

    desk: Desk
    towns: dict[str, Town]
    lanes: dict[str, tuple[list[Fault], dict[str, object]]]
    canaries: list[Canary]
    gauge: Gauge
    out: str
    errors: str
    server: names.NameServer

    def judge(self, *, table: bool) -> int:
        """Print what happened and whether it is what must happen."""
        links = {
            str(url): (str(state), reason)
            for url, state, reason in self.desk.rows("select url, state, reason from links")
        }
        wrong = self.misread(links, table=table) + self.miscounted()
        own = [name for name in self.towns if name in self.lanes or f"{name}.test" in OUTWARD]
        own += [name for name in self.towns if name.startswith("healthy")]
        urls = [url for name in own for url in self.towns[name].urls()]
        missing = [url for url in urls if links.get(url, ("",))[0] != "stored"]
        touched = [f"{c.netloc} x{c.touched}" for c in self.canaries if c.touched]
        faults = sum(len(found) for found, _ in self.lanes.values())
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"sites {len(self.towns)} and {len(INWARD)} names that lead inwards, faults {faults}")
        print(f"names asked for: {len(self.server.asked)}")
        print(f"healthy articles stored: {len(urls) - len(missing)} of {len(urls)}")
        print(f"not as expected: {wrong or 'none'}")
        print(f"canaries touched: {touched or 'none'} (of {len(self.canaries)} listening)")
        print(f"peak memory of the crawl: {self.gauge.peak:.0f} MB")
        print(f"processor time of the crawl: {spent.ru_utime + spent.ru_stime:.0f} s")
        broken = "Traceback" in self.errors
        failed = bool(missing or wrong or touched or broken or not 0 < self.gauge.peak < MEGABYTES)
        if failed:
            print(missing[:5], self.out[-3000:], self.errors[-6000:])
        return 1 if failed else 0

    def misread(self, links: dict[str, tuple[str, object]], *, table: bool) -> list[str]:
        """Faults that became what they must not."""
        wrong = []
        for name, (faults, _) in self.lanes.items():
            for fault in faults:
                state, reason = links.get(self.towns[name].base + fault.path, ("unknown", None))
                stored = state == "stored"
                if state == "unknown" or (
                    fault.expect != "either" and stored != (fault.expect == STORE)
                ):
                    wrong.append(f"{fault.name}: expected {fault.expect}, is {state}")
                if table:
                    print(f"{name}\t{fault.name}\t{fault.expect}\t{state}\t{reason or ''}")
        return wrong

    def miscounted(self) -> list[str]:
        """Sites that gave another number of articles than they must."""
        expected: dict[str, int | None] = {
            name: count for name, (_, count) in (*SEEDED.items(), *manners.ROBOTS.items())
        }
        expected |= {host.removesuffix(".test").replace(".", "-"): 0 for host in INWARD}
        wrong = []
        for name, count in expected.items():
            sql = "select count(*) from articles where source_id = ?"
            found = self.desk.value(sql, name)
            if count is not None and found != count:
                wrong.append(f"{name}: {found} articles, expected {count}")
        return wrong


class Gauge:
    """The peak memory of a child in megabytes, read while it lives.

    getrusage() cannot tell it: it counts what the parent held when it forked.
    """

    def __init__(self, pid: int) -> None:
        self.peak = 0.0
        self._status = Path(f"/proc/{pid}/status")
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while self._status.exists():
            lines = self._status.read_text(encoding="ascii", errors="replace").splitlines()
            peaks = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
            if not peaks:
                return
            self.peak = max(self.peak, peaks[0] / 1024)
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
