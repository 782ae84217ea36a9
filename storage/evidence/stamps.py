"""Time stamps of an authority (RFC 3161): asked for, read, checked without a network.

Needs the extra ``evidence``.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import ssl
import warnings
from typing import TYPE_CHECKING, Any

from storage.errors import BaotinhError
from storage.evidence.asn1 import sort_certificates
from storage.instants import format_instant

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = "rfc3161_client"


class StampError(BaotinhError):
    """A stamp that proves nothing: damaged, of something else, or of nobody who is trusted."""


def can_stamp() -> bool:
    """Return whether what reads stamps is installed."""
    return importlib.util.find_spec(NEEDED) is not None


def query_for(data: bytes) -> bytes:
    """Return the query for a stamp of some bytes; it holds their digest only."""
    _check_installed()
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return builder.build().as_bytes()


def read_roots(path: Path | None) -> list[Any]:
    """Return the certificates that are trusted: those of a PEM file, else the system's.

    Raise StampError where the file holds none.
    """
    _check_installed()
    from cryptography import x509

    if path is None:
        return _system_roots()
    try:
        return list(dict.fromkeys(x509.load_pem_x509_certificates(path.read_bytes())))
    except (OSError, ValueError) as error:
        raise StampError(f"{path} holds no certificates: {error}") from error


def check_stamp(answer: bytes, data: bytes, roots: list[Any]) -> str:
    """Return the instant by which a stamp proves some bytes. Raise StampError if it does not."""
    _check_installed()
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        stamp = decode_timestamp_response(sort_certificates(answer))
        VerifierBuilder(roots=list(roots)).build().verify(stamp, hashlib.sha256(data).digest())
    except (ValueError, VerificationError) as error:
        raise StampError(str(error)) from error
    return format_instant(stamp.tst_info.gen_time)


def is_stamp_of(answer: bytes, data: bytes) -> bool:
    """Return whether a stamp names these bytes, whoever gave it; True where that cannot be read
    for want of the extra."""
    if not can_stamp():
        return True
    from rfc3161_client import decode_timestamp_response

    try:
        stamp = decode_timestamp_response(sort_certificates(answer))
        return stamp.tst_info.message_imprint.message == hashlib.sha256(data).digest()
    except ValueError:
        return False


def _system_roots() -> list[Any]:
    from cryptography import x509

    roots = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old roots that break rules of today stay roots
        for data in ssl.create_default_context().get_ca_certs(binary_form=True):
            with contextlib.suppress(ValueError):
                roots.append(x509.load_der_x509_certificate(data))
    return roots


def _check_installed() -> None:
    if not can_stamp():
        raise BaotinhError("stamps need rfc3161-client: pip install 'baotinh[evidence]'")
