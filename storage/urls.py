"""The identity of a page: one spelling for each URL. Pure.

The rules follow RFC 3986, section 6.2.2 (case, percent-encoding and dot segments) and the
WHATWG URL standard where that says more (tabs and line ends are dropped, host names are
punycode). On top of them go fragments and the parameters that only say where a reader came
from. Everything else stays, in its order: two articles never share a canonical URL.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

TRACKING = frozenset(
    {
        *("_ga", "_gl", "dclid", "gad_source", "gbraid", "gclid", "gclsrc", "srsltid", "wbraid"),
        *("fb_action_ids", "fb_action_types", "fb_ref", "fb_source", "fbclid", "mibextid"),
        *("gidzl", "zarsrc"),
        *("igsh", "igshid", "mc_cid", "mc_eid", "msclkid", "sfnsn", "ttclid", "twclid", "yclid"),
        *("jsessionid", "phpsessid", "sessionid"),
    }
)
"""Query parameters that name a reader, a campaign or a session, never a page; lower case."""

DEFAULT_PORTS = {"http": 80, "https": 443}

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/")
_QUERY_SAFE = _PATH_SAFE | frozenset(b"?")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})|(.)", re.DOTALL)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_-])?\Z")
_IPV6 = re.compile(r"[0-9a-f:.]+\Z")
_IGNORED = re.compile(r"[\t\r\n]")
_EDGES = "".join(map(chr, range(33)))
_SESSION_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]*/[A-Za-z0-9_~%.,/-]*(?:\?[A-Za-z0-9_~%.,/=&-]+)?"
)
"""What joining to any other address leaves as it is: most pictures and links of articles."""
_PLAIN = re.compile(
    r"https?://[a-z0-9][a-z0-9.-]{0,200}[a-z0-9](:(?!80/|443/)([1-9]\d{1,3}|[1-5]\d{4}))?"
    r"(/[A-Za-z0-9_~-]+(\.html?)?)+\Z"
)


def canonical_url(url: str) -> str:
    """Return the one spelling of an absolute http(s) URL.

    Lower-cases scheme and host, turns the host into punycode, drops default ports, fragments,
    dot segments and tracking or session parameters, and spells percent-escapes one way. Case
    in paths, the order of parameters, ``www.``, trailing slashes and the scheme stay.

    Raise ValueError for what is not an absolute http(s) URL, and for one with a user name.
    """
    if _PLAIN.match(url):
        return url
    parts = urlsplit(_IGNORED.sub("", url.strip(_EDGES)))
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an absolute http or https URL: {url[:200]!r}")
    if "@" in parts.netloc:
        raise ValueError(f"a URL with a user name in it: {url[:200]!r}")
    port = "" if parts.port in (None, DEFAULT_PORTS[scheme]) else f":{parts.port}"
    path = _spell(_without_dots(_SESSION_PATH.sub("", parts.path)), _PATH_SAFE)
    query = _spell(_without_tracking(parts.query), _QUERY_SAFE)
    # An escaped dot (%2e) is a dot once spelled out, so dot segments are looked at again.
    path = _without_dots(path) or "/"
    return f"{scheme}://{_host(parts.hostname)}{port}{path}" + (f"?{query}" if query else "")


def as_browsers_read(reference: str) -> str:
    """Return an address, or a reference in a page, as the WHATWG URL standard reads it: edges, tabs
    and line ends dropped, and a backslash in front of the query a slash (4.4, special schemes)."""
    cleaned = _IGNORED.sub("", reference.strip(_EDGES))
    if "\\" not in cleaned:
        return cleaned
    end = min((at for mark in "?#" if (at := cleaned.find(mark)) >= 0), default=len(cleaned))
    return cleaned[:end].replace("\\", "/") + cleaned[end:]


def resolve_url(base: str, reference: str) -> str | None:
    """Return the absolute http(s) URL that browsers make of a reference in a page; None for what
    is none. Scheme in lower case; fragment and spelling stay. Never raises."""
    if _ABSOLUTE.fullmatch(reference):
        return reference
    try:
        url = urljoin(base, as_browsers_read(reference))
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    return parts.scheme + url[len(parts.scheme) :]


def _host(name: str) -> str:
    host = name.rstrip(".").lower()
    if ":" in host:
        if not _IPV6.match(host):
            raise ValueError(f"not a host name: {name[:200]!r}")
        return f"[{host}]"
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    if len(host) > 253 or not _HOST.match(host):
        raise ValueError(f"not a host name: {name[:200]!r}")
    return host


def _spell(text: str, safe: frozenset[int]) -> str:
    """Escape what must be escaped, unescape what need not be, in upper-case hex."""

    def spelled(match: re.Match[bytes]) -> bytes:
        escaped, plain = match.groups()
        if escaped is None:
            return plain if plain[0] in safe else b"%%%02X" % plain[0]
        code = int(escaped, 16)
        return bytes([code]) if code in _UNRESERVED else b"%%%02X" % code

    return _ESCAPE.sub(spelled, text.encode()).decode("ascii")


def _without_tracking(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _tracks(part))


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in TRACKING or name.startswith("utm_")


def _without_dots(path: str) -> str:
    """Resolve ``.`` and ``..`` as RFC 3986, section 5.2.4, does."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
