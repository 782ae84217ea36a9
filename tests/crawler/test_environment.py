"""Settings from the environment: right types, bad values named, typing errors told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import settings
from crawler.environment import convert, read_overrides, unknown_names
from crawler.errors import UsageError
from crawler.runs.plan import read_plan


@pytest.mark.parametrize(
    ("text", "like", "value"),
    [
        ("5", 1, 5),
        ("0.5", 1.0, 0.5),
        ("0", True, False),
        ("Yes", False, True),
        ("a, b,,c ", ["x"], ["a", "b", "c"]),
        ('{"x": 1}', {}, {"x": 1}),
        (" text ", "", " text "),
    ],
)
def test_values_get_the_type_of_what_they_replace(text: str, like: object, value: object) -> None:
    assert convert(text, like) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DOWNLOAD_TIMEOUT", "soon"),
        ("DOWNLOAD_TIMEOUT", "1.5"),
        ("DOWNLOAD_DELAY", "-1"),
        ("DOWNLOAD_DELAY", "inf"),
        ("ROBOTSTXT_OBEY", "maybe"),
        ("DOWNLOAD_HANDLERS", "[1]"),
        ("ALLOW_PRIVATE_HOSTS", "http://x.vn"),
        ("ALLOW_PRIVATE_HOSTS", "x.vn:99999"),
        ("LOG_LEVEL", "noisy"),
        ("METRICS_ADDRESS", "127.0.0.1:99999"),
        ("ALARM_SMTP", "localhost:smtp"),
        ("ALARM_COMMAND", "say 'half"),
        ("WATCH_WEBHOOK", "x.vn/hook"),
        ("BROKER", "localhost:6379"),
        ("BROKER", "http://localhost:6379"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"BAOTINH_{name}="):
        read_overrides(vars(settings), {f"BAOTINH_{name}": text})


def test_a_bad_broker_is_refused_without_its_password() -> None:
    with pytest.raises(UsageError, match="database") as caught:
        read_overrides(vars(settings), {"BAOTINH_BROKER": "redis://:sesame@x.vn/one"})
    assert "sesame" not in str(caught.value)


def test_misspelt_names_are_found() -> None:
    environ = {"BAOTINH_DOWNLOAD_DELY": "1", "BAOTINH_DOWNLOAD_DELAY": "1", "HOME": "/"}
    assert unknown_names(vars(settings), environ) == ["BAOTINH_DOWNLOAD_DELY"]


@given(st.text(), st.sampled_from([1, 1.0, True, "", [], {}]))
def test_any_text_is_a_value_or_a_value_error(text: str, like: object) -> None:
    try:
        assert isinstance(convert(text, like), type(like))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right, and the error must say something


@pytest.mark.parametrize(
    "words", [{"limit": "0"}, {"limit": "many"}, {"since": "24/11/2026"}, {"until": "x"}]
)
def test_a_bad_argument_of_a_crawl_is_named(words: dict[str, str]) -> None:
    (name,) = words
    with pytest.raises(UsageError, match=name):
        read_plan(**words)
