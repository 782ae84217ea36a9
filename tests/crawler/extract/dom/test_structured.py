"""What is read from JSON-LD, whole or broken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.extract.dom.structured import Structured, _agrees, _load, read_structured
from tests.support.markup import parse

MAX_NODES = 3_000
MAX_SCRIPT = 1_000_000
MAX_SCRIPTS = 30

ARTICLE: dict[str, Any] = {
    "@type": "NewsArticle",
    "headline": "Kè &amp; sông",
    "datePublished": "2026-11-01",
}


def read(*values: Any) -> Structured:
    head = "".join(
        f'<script type="application/ld+json">{v if isinstance(v, str) else json.dumps(v)}</script>'
        for v in values
    )
    return read_structured(parse("", head))


def test_fields_of_the_article() -> None:
    found = read(
        ARTICLE
        | {
            "author": [
                {"@type": "Person", "name": "Lê Anh"},
                {"@type": "Organization", "name": "X"},
            ],
            "publisher": {"name": "Báo"},
            "articleSection": ["Thời sự", "Tỉnh"],
            "keywords": "a,b",
            "image": {"url": "/a.jpg"},
        }
    )
    assert found.headline == "Kè & sông"
    assert found.published == "2026-11-01"
    assert found.authors == ["Lê Anh"]
    assert found.signed == ["Lê Anh", "X"]
    assert found.organizations == ["X", "Báo"]
    assert found.sections == ["Thời sự", "Tỉnh"]
    assert found.keywords == ["a,b"]
    assert found.images == ["/a.jpg"]
    assert found.whole


def test_the_article_goes_before_a_page_and_one_with_a_date_before_one_without() -> None:
    bare = {"@type": "NewsArticle", "headline": "Không ngày"}
    assert read({"@type": "WebPage", "headline": "Trang", "datePublished": "x"}, ARTICLE).headline
    assert read(bare, ARTICLE).headline == "Kè & sông"
    assert read(bare).headline == "Không ngày"
    assert read({"@type": "WebPage", "datePublished": "2026-11-02"}).published == "2026-11-02"
    assert read({"@type": "Person", "name": "A"}).headline is None


def test_listed_articles_are_others() -> None:
    listed = {"@type": "ItemList", "itemListElement": [ARTICLE]}
    assert read(listed).headline is None
    assert read({"@graph": [ARTICLE]}).headline == "Kè & sông"


def test_authors_are_looked_up_by_id() -> None:
    person = {"@type": "Person", "@id": "#a", "name": "Lê Anh"}
    assert read(ARTICLE | {"author": {"@id": "#a"}}, person).authors == ["Lê Anh"]


def test_breadcrumbs_with_names_in_either_place() -> None:
    items = [{"name": "Trang chủ"}, {"item": {"name": "Thời sự"}}, {"position": 3}]
    assert read({"@type": "BreadcrumbList", "itemListElement": items}).crumbs == [
        "Trang chủ",
        "Thời sự",
    ]


def test_comments_and_stray_commas_are_forgiven() -> None:
    text = '<!-- x --> {"@type": "NewsArticle", "headline": "A", /* y */ "datePublished": "b",};'
    assert read(text).headline == "A"


def test_fields_are_salvaged_from_broken_json() -> None:
    found = read(
        '{"@type": "NewsArticle", "headline": "A \\"B\\"", "dateCreated": "2026-11-03", '
        '"articleSection": "Tỉnh", "author": {"name": "Lê Anh"} "oops'
    )
    assert not found.whole
    assert (found.headline, found.published) == ('A "B"', "2026-11-03")
    assert (found.types, found.sections, found.authors) == (["NewsArticle"], ["Tỉnh"], ["Lê Anh"])


def test_so_many_scripts_are_read_and_no_more() -> None:
    others: list[Any] = [{"@type": "Thing"}] * (MAX_SCRIPTS - 1)
    assert read(*others, ARTICLE).headline
    assert read(*others, {"@type": "Thing"}, ARTICLE).headline is None


def test_a_script_is_read_up_to_its_most_characters() -> None:
    article = json.dumps(ARTICLE)
    assert read(article + " " * (MAX_SCRIPT - len(article)) + "x").whole
    long = json.dumps(ARTICLE | {"text": "x" * MAX_SCRIPT})
    assert not read(long).whole
    assert read(json.dumps(ARTICLE | {"text": "x" * (MAX_SCRIPT - 200)})).whole


def test_so_many_objects_are_looked_at_and_no_more() -> None:
    def nested(number: int) -> dict[str, Any]:
        inner: dict[str, Any] = ARTICLE
        for _ in range(number):
            inner = {"about": inner}
        return inner

    assert read({"@graph": [{"@graph": [{}] * 199} for _ in range(14)] + [ARTICLE]}).headline
    many = {"@graph": [{"@graph": [{}] * 199} for _ in range(16)] + [{"about": {"x": ARTICLE}}]}
    assert MAX_NODES < 16 * 200
    assert read(many).headline is None
    assert read(nested(20)).headline


def test_of_a_list_the_first_200_are_looked_at() -> None:
    assert read({"@graph": [{}] * 199 + [ARTICLE]}).headline
    assert read({"@graph": [{}] * 200 + [ARTICLE]}).headline is None


def test_an_address_of_a_picture_stands_in_one_of_four_forms() -> None:
    forms = (
        "/a.jpg",
        {"url": "/a.jpg", "@id": "#1"},
        {"contentUrl": "/a.jpg", "@id": "#1"},
        {"@id": "/a.jpg"},
        {"url": ["/a.jpg", "/b.jpg"]},
        [" /a.jpg "],
    )
    assert [read(ARTICLE | {"image": form}).images for form in forms] == [["/a.jpg"]] * len(forms)
    assert read(ARTICLE | {"image": [{}, "", {"url": []}, 5]}).images == []


def test_what_else_fills_a_field() -> None:
    said = {"@type": "Article", "name": "Tựa", "dateCreated": "2026-11-03", "text": "Chữ"}
    found = read(said | {"creator": "Lê Anh", "inLanguage": ["vi"], "description": {"@value": 5}})
    assert (found.headline, found.published, found.body) == ("Tựa", "2026-11-03", "Chữ")
    assert (found.authors, found.language, found.description) == (["Lê Anh"], "vi", "5")
    assert read(said | {"headline": 2024}).headline == "2024"


def test_a_publisher_named_by_its_id() -> None:
    house = {"@type": "Organization", "@id": "#toa-soan", "name": "Báo Tỉnh"}
    assert read(ARTICLE | {"publisher": {"@id": "#toa-soan"}}, house).organizations == ["Báo Tỉnh"]
    signed = read(ARTICLE | {"author": {"@id": "#toa-soan"}}, house)
    assert (signed.authors, signed.signed, signed.organizations) == (
        [],
        ["Báo Tỉnh"],
        ["Báo Tỉnh"],
    )


def test_crumbs_of_several_lists() -> None:
    def crumbs(*names: str) -> dict[str, Any]:
        return {"@type": "BreadcrumbList", "itemListElement": [{"name": name} for name in names]}

    assert read(crumbs("Trang chủ"), crumbs("Thời sự")).crumbs == ["Trang chủ", "Thời sự"]
    assert read(crumbs("Trang chủ", "Kinh tế"), crumbs("Thời sự")).crumbs == [
        "Trang chủ",
        "Kinh tế",
    ]
    assert len(read(crumbs(*(f"Mục {n}" for n in range(15)))).crumbs) == 12


def test_fields_of_an_article_one_by_one() -> None:
    found = read(
        ARTICLE
        | {
            "name": "Khác",
            "dateModified": "2026-11-02",
            "articleBody": "Chữ",
            "text": "Khác",
            "articleSection": ["Một", "", 5, None],
            "author": ["Lê Anh", " ", {"name": ["Một", "Hai"]}, {"name": 5}],
            "publisher": [{"name": "Báo"}, {"name": ""}, "Đài"],
        }
    )
    assert (found.headline, found.modified, found.body) == ("Kè & sông", "2026-11-02", "Chữ")
    assert found.sections == ["Một", "5"]
    assert found.authors == ["Lê Anh", "Một", "Hai"]
    assert found.organizations == ["Báo", "Đài"]
    assert found.types == ["NewsArticle"]


def test_only_scripts_of_json_ld_are_read() -> None:
    text = json.dumps(ARTICLE)
    for kind, headline in (("application/ld+json", "Kè & sông"), ("application/json", None)):
        page = parse("", f"<script type='{kind}'>{text}</script>")
        assert read_structured(page).headline == headline


@pytest.mark.parametrize(
    ("node", "taken"),
    [
        ({"@type": "Thing", "headline": "A", "datePublished": "x"}, True),
        ({"@type": "Thing", "headline": "A"}, False),
        ({"@type": "Thing", "datePublished": "x"}, False),
        ({"@type": "WebPage", "datePublished": "x"}, True),
        ({"@type": "WebPage", "headline": "A"}, False),
        ({"@type": "Article"}, True),
    ],
)
def test_which_object_is_the_article(node: dict[str, Any], *, taken: bool) -> None:
    other = {"@type": "Person", "name": "A"}
    found = read({"@graph": [other, node | {"description": "đây"}]})
    assert (found.description == "đây") is taken


def test_of_several_articles_the_first_that_is_whole_counts() -> None:
    bare = {"@type": "Article", "headline": "Một"}
    assert read([bare, bare | {"headline": "Hai"}]).headline == "Một"
    half = {"@type": "Article", "datePublished": "x", "description": "một"}
    assert read([half, ARTICLE]).headline == "Kè & sông"
    assert read([bare, ARTICLE]).headline == "Kè & sông"


def test_lists_are_read_up_to_a_bound() -> None:
    sections = [f"m{n}" for n in range(51)]
    assert len(read(ARTICLE | {"articleSection": sections}).sections) == 50
    wide = {"@type": "Thing"} | {f"k{n}": 1 for n in range(198)}
    assert read(wide | {"about": ARTICLE}).headline
    assert read(wide | {"x": 1, "about": ARTICLE}).headline is None
    broken = '{"author": [' + ",".join(f'{{"name": "Lê {n}"}}' for n in range(21)) + "]"
    assert len(read(broken).authors) <= 20


def test_crumbs_without_names_are_none() -> None:
    items = ["x", {"name": " "}, {"name": 5}, {"item": "y"}, {"name": "Thời sự"}]
    assert read({"@type": "BreadcrumbList", "itemListElement": items}).crumbs == ["Thời sự"]
    assert read({"@type": "Thing", "itemListElement": items}).crumbs == []


def test_entities_and_stray_letters_leave_a_field() -> None:
    assert read(ARTICLE | {"headline": " &amp;quot;A&amp;quot; \\ud800"}).headline == '"A" \\ud800'
    assert read(ARTICLE | {"headline": "A\ud800B"}).headline == "AB"
    assert read(ARTICLE | {"headline": " ", "name": "B"}).headline == "B"


def test_line_breaks_inside_a_string_are_forgiven() -> None:
    assert read('{"@type": "NewsArticle", "headline": "A\nB"}').headline == "A\nB"
    broken = '{"@type": "NewsArticle", "headline": "A\nB \\u0043", "datePublished": "x" oops'
    assert read(broken).headline == "A\nB C"


TITLE = "Trạm khuyến nông mở lớp dạy đan lưới cho người cao tuổi"
OWN = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2025-11-12"}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Chuyện ở bến đò hôm nay có gì mới",
    "datePublished": "2025-11-20",
}
ELSEWHERE = "https://bao.example.vn/chuyen-o-ben-do-99.html"
HERE = "https://bao.example.vn/tin-a1.html"


@pytest.mark.parametrize(
    ("nodes", "published"),
    [
        ([OTHER, OWN], "2025-11-12"),
        ([OTHER | {"url": ELSEWHERE}, OWN], "2025-11-12"),
        ([OTHER | {"url": ELSEWHERE}], None),
        ([OTHER | {"mainEntityOfPage": {"@id": ELSEWHERE}}], None),
        ([OTHER | {"mainEntityOfPage": {"url": ELSEWHERE}}], None),
        ([OTHER | {"@id": "/chuyen-o-ben-do-99.html"}], None),
        # one headline in the page and another in search results, or an address of all pages
        ([OTHER], "2025-11-20"),
        ([OTHER | {"url": HERE}], "2025-11-20"),
        ([OTHER | {"url": "https://m.bao.example.vn/amp/tin-a1.html#top"}], "2025-11-20"),
        ([OTHER | {"url": "https://bao.example.vn/"}], "2025-11-20"),
        ([OTHER | {"@id": "#article"}], "2025-11-20"),
        ([OWN | {"url": ELSEWHERE}], "2025-11-12"),
        ([OWN | {"url": ELSEWHERE, "headline": "Trạm khuyến nông mở lớp đan"}], "2025-11-12"),
        ([OWN | {"url": ELSEWHERE, "headline": ""}], "2025-11-12"),
        ([OTHER, OTHER | {"url": HERE, "datePublished": "2025-11-13"}], "2025-11-13"),
    ],
)
@pytest.mark.parametrize(
    "head", [f"<title>{TITLE} | Báo</title>", f'<meta property="og:title" content="{TITLE}">']
)
def test_an_article_of_another_page_is_no_witness(
    nodes: list[dict[str, Any]], published: str | None, head: str
) -> None:
    scripts = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    assert read_structured(parse("", head + scripts)).published == published


def test_without_a_title_the_first_article_counts() -> None:
    assert read([OTHER | {"url": ELSEWHERE}, OWN]).published == "2025-11-20"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1};', {"a": 1}), ('{"a": "x\ny"}', {"a": "x\ny"}), ('{"a": [1,],}', {"a": [1]}),
        ('/* x */ {"a": 1}', {"a": 1}), ("{a: 1}", None), ("", None),
    ],
)  # fmt: skip
def test_a_script_is_read_though_it_is_not_quite_json(text: str, value: object) -> None:
    assert _load(text) == value


@pytest.mark.parametrize(
    ("headline", "title", "agrees"),
    [("a b c d", "c d e f", True), ("a b c d", "d e f g", False), ("a b c d", "d e", True),
     ("a b", "b c d e", True), ("a b c", "c d e", False), ("", "a", None)],
)  # fmt: skip
def test_headlines_are_one_from_half_the_words_of_the_shorter_on(
    headline: str, title: str, agrees: bool | None
) -> None:
    assert _agrees(set(headline.split()), [set(title.split())]) is agrees
