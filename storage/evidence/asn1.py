"""As much of DER (X.690) as it takes to set the certificates of a stamp in order. Pure.

DER sorts the members of a SET; openssl, which many authorities run, writes a signer's chain as it
comes, and strict readers refuse that. Certificates of CMS signed data (RFC 5652) are not signed: to
sort them changes nothing that is proven.
"""

from __future__ import annotations

_CERTIFICATES = 0xA0


def sort_certificates(answer: bytes) -> bytes:
    """Return a time-stamp response with its certificates in order; any other bytes as they are."""
    try:
        begin, end = _find_certificates(answer)
        members = sorted(_members(answer, begin, end))
    except (IndexError, ValueError):
        return answer
    return answer[:begin] + b"".join(members) + answer[end:]


def _find_certificates(data: bytes) -> tuple[int, int]:
    """Return where the certificates begin and end. Raise IndexError, ValueError."""
    place, _ = _content(data, 0)  # TimeStampResp
    place, _ = _content(data, _behind(data, place))  # its token, behind the status
    place, _ = _content(data, _behind(data, place))  # what the token holds, behind its type
    place, _ = _content(data, place)  # SignedData
    for _ in range(3):  # version, digest algorithms, what is signed
        place = _behind(data, place)
    if data[place] != _CERTIFICATES:
        raise ValueError("no certificates")
    return _content(data, place)


def _members(data: bytes, begin: int, end: int) -> list[bytes]:
    members = []
    while begin < end:
        behind = _behind(data, begin)
        members.append(data[begin:behind])
        begin = behind
    if begin != end:
        raise ValueError("members of another length")
    return members


def _content(data: bytes, place: int) -> tuple[int, int]:
    """Return where the content of the value at a place begins and ends."""
    first = data[place + 1]
    if first < 0x80:
        return place + 2, place + 2 + first
    size = first & 0x7F
    begin = place + 2 + size
    return begin, begin + int.from_bytes(data[place + 2 : begin], "big")


def _behind(data: bytes, place: int) -> int:
    return _content(data, place)[1]
