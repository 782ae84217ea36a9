"""What a line is by its words alone."""

from __future__ import annotations

import pytest

from crawler.extract.dom.lines import (
    asks_consent,
    dateline_of,
    is_comments_heading,
    is_junk,
    is_related_heading,
    is_sentence,
    may_ask_consent,
)


@pytest.mark.parametrize(
    "text",
    [
        "Tin liên quan",
        "TIN LIÊN QUAN:",
        "» Các bài viết khác",
        "Cùng chuyên mục",
        "Xem thêm",
        "Tin mới",
        "Related Articles",
        "Read more",
        "You may also like",
        "Lesen Sie auch",
        "À lire aussi",
        "Te puede interesar",
        "Leggi anche",
        "Zobacz też:",
        "Meistgelesen",
        "Les plus lus",
        "Přečtěte si také",
    ],
)
def test_headings_of_related_articles_are_recognised(text: str) -> None:
    assert is_related_heading(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tin vui từ vùng biên",
        "Bài học từ những mô hình kinh tế mới",
        "Readers ask",
        "Tin liên quan đến vụ cháy chợ đêm qua đã được công an xác minh rõ",
        "",
    ],
)
def test_other_headings_are_none(text: str) -> None:
    assert not is_related_heading(text)


def test_a_heading_of_related_articles_has_60_characters_at_most() -> None:
    assert is_related_heading("Related" + " " * 53)
    assert not is_related_heading("Related" + " " * 54)


@pytest.mark.parametrize(
    "text",
    [
        "Chia sẻ",
        "Bình luận:",
        "Quảng cáo",
        "Advertisement",
        "1.234 lượt xem",
        "Lượt xem: 256",
        "•••",
        "2024",
        "Từ khóa: kè, sạt lở",
        "Cơ quan chủ quản: Tỉnh ủy Long An",
        "Copyright 2024 by the paper",
        "Read also: another story",
        "{{ article.title }}",
        "DSC_0012.JPG",
        "Sign up for the newsletter and read it in your inbox",
    ],
)
def test_furniture_is_junk(text: str) -> None:
    assert is_junk(text)


@pytest.mark.parametrize(
    "text",
    [
        "Chia sẻ với phóng viên, ông Ba nói mùa này được giá.",
        "Bình luận của chuyên gia về giá lúa",
        "Năm 2024 toàn tỉnh trồng 1.234 ha rừng.",
        "Theo dõi sức khỏe người cao tuổi",
        "Sharecropping returned",
    ],
)
def test_text_is_no_junk(text: str) -> None:
    assert not is_junk(text)


def test_no_junk_is_longer_than_400_characters() -> None:
    assert is_junk("Copyright " + "x" * 390)
    assert not is_junk("Copyright " + "x" * 391)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("Xong.", True), ("“Xong!”", True), ("Xong", False), ("Xong,", False), ("完。", True)],
)
def test_sentences(text: str, wanted: bool) -> None:
    assert is_sentence(text) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(BTNO) - Sáng nay", "(BTNO) -"),
        ("BTO- Sáng nay", "BTO-"),
        ("(Baonghean.vn) - Sáng", "(Baonghean.vn) -"),
        ("Cần Thơ TV - Sáng nay", "Cần Thơ TV -"),
        ("ĐBP - Sáng nay", "ĐBP -"),
        ("Sáng nay - trời mưa", ""),
        ("(ghi chú) Sáng nay", ""),
    ],
)
def test_datelines(text: str, wanted: str) -> None:
    assert dateline_of(text) == wanted


def test_a_paper_own_dateline_may_look_like_anything() -> None:
    assert dateline_of("báo xa – Sáng", ["báo xa"]) == "báo xa –"
    assert dateline_of("báo xa – Sáng") == ""


def test_an_invitation_is_junk_whatever_sets_it_off() -> None:
    assert is_junk("* Mời bạn đọc theo dõi báo trên Zalo để cập nhật tin tức.")
    assert is_junk("(Xem tiếp: Tuyển chọn 40 vận động viên năng khiếu bơi lội)")
    assert not is_junk("* Mời các xã tham gia hội thi bơi lội cấp tỉnh vào tháng tới.")


@pytest.mark.parametrize(
    ("text", "junk"),
    [
        ("Chia sẻ" + "!" * 53, True),
        ("Chia sẻ" + "!" * 54, False),
        ("Our newsletter is now in your inbox " + "x" * 184, True),
        ("Our newsletter is now in your inbox " + "x" * 185, False),
        ("Download the app for free".ljust(120, "x"), True),
        ("[x] Một việc đã làm", False),
        ("[caption id=1] Kè mới", True),
        ("{title}", True),
        ("{x}", False),
        ("ảnh của tôi.jpg", False),
        ("IMG_1.jpg |", True),
    ],
)
def test_how_long_and_of_what_furniture_is(text: str, *, junk: bool) -> None:
    assert is_junk(text) is junk


@pytest.mark.parametrize(
    ("text", "own", "wanted"),
    [
        ("Sáng nay", ["báo xa"], ""),
        ("Sáng nay", [""], ""),
        ("báo xa: Sáng", ["", "báo xa"], "báo xa"),
        ("báo xa - - Sáng", ["báo xa"], "báo xa - -"),
    ],
)
def test_datelines_of_a_paper(text: str, own: list[str], wanted: str) -> None:
    assert dateline_of(text, own) == wanted


def test_headings_of_comments_are_short() -> None:
    assert is_comments_heading("Bình luận".ljust(60))
    assert not is_comments_heading("Bình luận".ljust(61))
    assert not is_comments_heading("Bình luận của chuyên gia")


def test_who_asks_for_consent() -> None:
    asked = "Chúng tôi và các đối tác dùng cookie để hiện quảng cáo phù hợp với bạn."
    assert may_ask_consent("COOKIE")
    assert not may_ask_consent("Bánh quy")
    assert asks_consent(asked) or not asks_consent("cookie")
    assert not asks_consent("Trang phải hỏi trước khi lưu cookie của người mua.")


@pytest.mark.parametrize(
    "text",
    [
        *("2 giờ trước", "cách đây 15 phút trước", "Vừa xong", "Hôm qua, 14:05", "08:15, hôm nay"),
        *(
            "2 hours ago",
            "an hour ago",
            "Yesterday at 2:05 pm",
            "vor 2 Stunden",
            "Gestern, 14:05 Uhr",
        ),
        *("il y a une heure", "Hier à 14h05", "hace 3 días"),
    ],
)
def test_a_line_that_only_counts_from_now_is_no_text(text: str) -> None:
    assert is_junk(text)
    assert not is_junk(f"{text} xã khánh thành trạm bơm")


@pytest.mark.parametrize(
    ("text", "junk"),
    [
        ("Déjà abonné ? Connectez-vous", True),
        ("Bereits Abonnent? Hier anmelden", True),
        ("Already a member? Log in", True),
        ("Already a member of the council, she ran again.", False),
        ("Bạn đã có tài khoản? Đăng nhập", True),
        ("Masz już konto? Zaloguj się", True),
        ("Nghe bài viết 02:13 Giọng nữ miền Nam 1x", True),
        ("Nghe bài viết của anh, ai cũng vui.", False),
        ("Chia sẻFacebookZalo", True),
        ("In trang | Gửi cho bạn bè | Lượt xem: 619", True),
        ("In trang | Nước lên nhanh", False),
        ("Facebook | 120", False),
        ("A- A A+", True),
        ("Đường dây nóng: 0900.000.999", True),
        ("Đường dây nóng của huyện nhận tin suốt đêm.", False),
        ("Đánh giá: 4.5/5 (12 lượt)", True),
        ("Đánh giá: cầu bền, đường đẹp.", False),
        ("Already a subscriber? View your reports here", False),
    ],
)
def test_invitations_players_and_rows_of_buttons_are_furniture(text: str, junk: bool) -> None:
    assert is_junk(text) == junk
