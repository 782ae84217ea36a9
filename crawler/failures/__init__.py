"""The table of reasons: every way a page or seed can fail, and what each means. Pure.

A reason is a short word, stored with links, seeds and outcomes (``failed/timeout``). All else
about it stands in its row: the sentence for people, whose fault it is, how much it weighs, when
the address is asked again, and what it says about the health of the source. Code asks the table;
nothing reads the sentences.
"""

from crawler.failures.lookup import (
    cause_of,
    describe_failure,
    is_passing,
    is_unasked,
    reason_of,
    weigh,
)
from crawler.failures.reason import Cause, FailureKind, Reason, Retry, Symptom, Verdict, Whose
from crawler.failures.table import ECHOES, REASONS
from crawler.failures.words import Word, status_word

__all__ = [
    "ECHOES",
    "REASONS",
    "Cause",
    "FailureKind",
    "Reason",
    "Retry",
    "Symptom",
    "Verdict",
    "Whose",
    "Word",
    "cause_of",
    "describe_failure",
    "is_passing",
    "is_unasked",
    "reason_of",
    "status_word",
    "weigh",
]
