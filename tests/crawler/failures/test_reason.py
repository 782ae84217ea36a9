"""What follows from the row of a reason."""

from __future__ import annotations

import pytest

from crawler.failures import REASONS, reason_of

CERTIFICATES = """certificate certificate-early certificate-expired certificate-host
    certificate-issuer certificate-self-signed"""
OF_THE_HOST = f"""{CERTIFICATES} bot-check common-title connection data-loss dns empty-body
    empty-shell encoding error-page header-flood login maintenance not-drawn other-page parked
    redirects refused timeout tls"""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        # After these other pages of the host will fare no better; robots.txt asks nobody.
        ("is_of_the_host", OF_THE_HOST),
        ("is_usual", "gallery video"),
        (
            "is_early",
            """empty empty-body no-body no-title not-html off-site other-page private-address
            redirect-home soft-404""",
        ),
        (
            "is_lasting",
            """binary bot-check empty gallery header-flood listing login long-title no-body no-title
            not-a-pdf not-a-picture not-a-seed not-html off-site pixels private-address
            redirect-home redirects robots schedule scheme soft-404 too-large video""",
        ),
    ],
)
def test_each_question_is_answered_by_the_row(name: str, words: str) -> None:
    assert {str(word) for word in REASONS if getattr(reason_of(word), name)} == {*words.split()}
