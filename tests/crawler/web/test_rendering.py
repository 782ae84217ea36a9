"""The archive's short words in templates."""

from __future__ import annotations

import pytest

from crawler.web.rendering import _environment


@pytest.mark.parametrize(
    ("call", "english", "vietnamese"),
    [
        ("name_outcome('new')", "new", "mới"),
        ("name_outcome('failed/timeout')", "(did not answer in time)", "không trả lời kịp"),
        ("name_outcome('rejected/listing')", "a list of other pages", "liệt kê các trang khác"),
        ("name_outcome('rejected/empty')", "(has nothing to read)", "không có gì để đọc"),
        ("name_outcome('rejected/soft-404')", "there is no such article", "không có bài này"),
        ("name_cause('empty')", "its feeds and lists show no articles", "không có bài nào"),
        ("name_cause('certificate')", "its certificate or encryption", "chứng chỉ hoặc mã hóa"),
        ("name_cause('login')", "asks for a login", "đòi đăng nhập"),
        ("name_cause('of another version')", "something else is wrong", "trục trặc khác"),
    ],
)
def test_a_reason_is_named_in_the_readers_language(
    call: str, english: str, vietnamese: str
) -> None:
    said = [_environment(code).from_string(f"{{{{ {call} }}}}").render() for code in ("en", "vi")]
    assert english in said[0]
    assert vietnamese in said[1]
