"""PDF documents of any text (ISO 32000-1): one font whose codes say which letters they are."""

from __future__ import annotations


def make_pdf(*pages: str) -> bytes:
    """Return a document with one page for each text."""
    letters = sorted({c for page in pages for c in page})
    code = {letter: number for number, letter in enumerate(letters, 1)}
    maps = "\n".join(
        f"<{n:02x}> <{letter.encode('utf-16-be').hex()}>" for letter, n in code.items()
    )
    unicode_map = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(code)} beginbfchar\n{maps}\nendbfchar\nendcmap end end"
    ).encode()
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 4 0 R >>",
        _stream(unicode_map),
    ]
    for number, page in enumerate(pages):
        shown = bytes(code[c] for c in page).hex()
        objects += [
            (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font "
                f"<< /F 3 0 R >> >> /Contents {6 + 2 * number} 0 R >>"
            ).encode(),
            _stream(f"BT /F 12 Tf 72 720 Td <{shown}> Tj ET".encode()),
        ]
    return write_pdf(objects)


def write_pdf(objects: list[bytes]) -> bytes:
    """Return a file of numbered objects, the first of which is the catalog."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def _stream(body: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(body), extra, body)
