"""Certificates of the papers: an authority, a sound certificate and an expired one."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from life.stories import DAY, START

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def make(folder: Path, hosts: Sequence[str]) -> tuple[ssl.SSLContext, ssl.SSLContext, Path]:
    """Return server contexts with a sound and an expired certificate, and the authority's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fortnight Authority")])
    authority = _sign(name, key, name, key, START - 90 * DAY, START + 900 * DAY, is_authority=True)
    path = folder / "authority.pem"
    path.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    contexts = []
    for label, until in (("sound", START + 400 * DAY), ("expired", START - DAY)):
        own = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bao.example")])
        cert = _sign(subject, own, name, key, START - 60 * DAY, until, hosts=hosts)
        contexts.append(_load(folder / f"{label}.pem", cert, own))
    return contexts[0], contexts[1], path


def _sign(
    subject: x509.Name,
    own: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    since: float,
    until: float,
    *,
    hosts: Sequence[str] = (),
    is_authority: bool = False,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime.fromtimestamp(since, dt.UTC))
        .not_valid_after(dt.datetime.fromtimestamp(until, dt.UTC))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if hosts:
        names = [x509.IPAddress(ipaddress.ip_address(host)) for host in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, hashes.SHA256())


def _load(path: Path, cert: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        + cert.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
