"""Extraction after a redesign that nobody announced: known pages, changed as redesigns change them.

    python benchmarks/robustness.py [--floors] [--failed]

The pages are the samples of tests/samples and pages of platforms made up here, seeded. Each is
read by the generic rules alone, unchanged and in each disguise: class names and ids made random,
structured data removed, both, paragraphs as ``div``, markup minified, the page cut at 90 %. A
page is right when title, day of publication and authors are right and the words of lead and body
agree by F1 of at least BODY. A page that was cut need not have what stood in the lost part: of it
title, day and two thirds of the words are asked. ``--floors`` compares with the pinned floors,
``--failed`` prints the pages that are wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib.util
import random
import re
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.instants import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "tests" / "robustness_floors.toml"
BODY = 0.97
"""Words F1 of a body that is right; a byline or a caption more is allowed, a paragraph is not."""
CUT = 0.67
MADE_UP = 40
"""Pages of platforms made up here; so many plain ones, and so many full of junk."""


def _extraction() -> ModuleType:
    """The extraction benchmark, which lies beside this file."""
    if "extraction_benchmark" in sys.modules:
        return sys.modules["extraction_benchmark"]
    path = Path(__file__).with_name("extraction.py")
    spec = importlib.util.spec_from_file_location("extraction_benchmark", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_NAMED = re.compile(
    r"""(\s(?:class|id))\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_STATED = re.compile(
    r"<script[^>]*ld\+json[^>]*>.*?</script>|<meta\b[^>]*>"
    r"""|\s(?:itemprop|itemtype|itemscope|property|datetime|pubdate)(?:\s*=\s*(?:"[^"]*"|'[^']*'))?""",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(r"charset", re.IGNORECASE)


def random_names(html: str) -> str:
    """Every class name and id as letters that say nothing; equal names stay equal."""

    def rename(match: re.Match[str]) -> str:
        names = (match[2] or match[3] or match[4] or "").split()
        codes = (hashlib.sha256(name.encode()).hexdigest()[:6] for name in names)
        return f'{match[1]}="{" ".join(f"x{code}" for code in codes)}"'

    return _NAMED.sub(rename, html)


def without_structured(html: str) -> str:
    """Without JSON-LD, meta tags but the charset, microdata and machine-readable times."""
    return _STATED.sub(lambda match: match[0] if _CHARSET.search(match[0][:90]) else "", html)


def divs(html: str) -> str:
    """Paragraphs as ``div``."""
    return re.sub(r"<(/?)p(?=[\s>])", r"<\1div", html)


def minified(html: str) -> str:
    """Without comments, and with one space where there was white space."""
    return re.sub(r"\s+", " ", re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))


def cut(html: str) -> str:
    """The first nine tenths."""
    return html[: len(html) * 9 // 10]


DISGUISES: dict[str, Callable[[str], str]] = {
    "unchanged": str,
    "random names": random_names,
    "no structured data": without_structured,
    "both": lambda html: random_names(without_structured(html)),
    "p to div": divs,
    "minified": minified,
    "cut at 90 %": cut,
}

_PLACES = ("Tân Hòa", "Bình Lộc", "Phước Sơn", "Đông Thạnh", "Mỹ Long", "An Khê", "Gò Dừa")
_DEEDS = (
    "khánh thành cây cầu nối hai ấp",
    "mở lớp dạy nghề cho lao động trẻ",
    "trồng mới hai nghìn cây ven đê",
    "đưa nước sạch về vùng hạn mặn",
)
_SAID = (
    "Công trình được bà con góp công góp của suốt {} tháng qua với sự giúp sức của xã.",
    "Theo ban quản lý, kinh phí hơn {} tỷ đồng lấy từ ngân sách huyện và đóng góp của dân.",
    "Nhờ vậy, trên {} hộ dân không còn phải đi vòng qua bến đò cũ trong mùa mưa lũ năm nay.",
    "Đến nay đã có {} người đăng ký tham gia, phần lớn là thanh niên trong độ tuổi lao động.",
    "Xã đặt mục tiêu hoàn thành thêm {} hạng mục trước khi bước vào mùa khô năm sau.",
    "Bà con mong huyện sớm sửa {} cây số đường nối ra quốc lộ để xe tải chở nông sản đi được.",
)
_NAMES = ("Lê Minh Anh", "Trần Quốc Bửu", "HẢI ĐƯỜNG", "Phạm Thị Hoa", "Nguyễn Văn Lâm")
_MENU = ("Thời sự", "Kinh tế", "Văn hóa", "Pháp luật", "Thể thao", "Bạn đọc")


def make_page(seed: int) -> Any:
    """A page of a platform that does not exist, and what is right about it."""
    pick = random.Random(seed)
    title = f"Xã {pick.choice(_PLACES)} {pick.choice(_DEEDS)}"
    month, day, hour = pick.randint(1, 12), pick.randint(1, 28), pick.randint(5, 22)
    when = dt.datetime(2025, month, day, hour, 15, tzinfo=VIETNAM)
    lead = f"Sáng nay, xã {pick.choice(_DEEDS)}, sau {pick.randint(2, 20)} tháng chuẩn bị."
    count = pick.randint(3, 12)
    lines = [pick.choice(_SAID).format(pick.randint(2, 900)) for _ in range(count)]
    text = [f"{line} {pick.choice(_SAID).format(pick.randint(2, 900))}" for line in lines]
    author = pick.choice(_NAMES)
    tag = pick.choice(("p", "p", "div"))
    head = pick.choice(("h1", "h1", "h2", "div"))
    shown = f"<b>{title}</b>" if head == "div" else title
    sign = pick.choice((f'<{tag} align="right"><b>{author}</b></{tag}>', f"<p><b>{author}</b></p>"))
    moment = when.strftime(
        pick.choice(("%d/%m/%Y %H:%M", "%H:%M %d-%m-%Y", "Ngày %d/%m/%Y, %H:%M"))
    )
    menu = "".join(f'<li><a href="/m{n}">{name}</a></li>' for n, name in enumerate(_MENU))
    clock = "<div class=clock>Thứ hai, 01/12/2025 07:30</div>" if pick.random() < 0.4 else ""
    label = f'<div class="cate"><a href="/m1">{_MENU[1]}</a></div>' if pick.random() < 0.5 else ""
    picture = f'<{tag} class="pic"><img src="/a{seed}.jpg"></{tag}><p><i>Quang cảnh tại xã</i></p>'
    side = "".join(
        f'<li><a href="/s{n}.html">Xã {place} {pick.choice(_DEEDS)}</a> <i>0{n + 1}/11/2025</i></li>'
        for n, place in enumerate(_PLACES[:5])
    )
    side = f'<div class="side"><h4>Đọc nhiều</h4><ul>{side}</ul></div>' if seed % 2 else ""
    said = "Bài viết hay quá, mong xã sớm làm thêm đường cho bà con đi lại thuận tiện."
    comments = f"<div class=ykien><h4>Bình luận (1)</h4><div>Lan</div><div>{said}</div></div>"
    comments = comments if pick.random() < 0.3 and len("".join(text)) > 700 else ""
    other = "".join(
        f'<div class="item"><a href="/t{n}.html">Xã {place} {pick.choice(_DEEDS)}</a></div>'
        for n, place in enumerate(_PLACES[: pick.randint(3, 7)])
    )
    paragraphs = "".join(f"<{tag}>{line}</{tag}>" for line in text[1:])
    if pick.random() < 0.3:
        paragraphs = "<br><br>".join(text[1:])
    if pick.random() < 0.4:
        paragraphs = picture + paragraphs
    paragraphs = f"<{tag}>{text[0]}</{tag}>{paragraphs}"
    data = f'<meta property="og:title" content="{title}">' if pick.random() < 0.5 else ""
    html = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title} - Báo Tỉnh'
        f'</title>{data}</head><body><div class="menu"><ul>{menu}</ul></div>{clock}<div class="main">{label}'
        f'<{head} class="title">{shown}</{head}><div class="date">{moment}</div>'
        f'<div class="sapo"><b>{lead}</b></div><div class="content">{paragraphs}{sign}</div>'
        f'<div class="related"><h3>Tin liên quan</h3>{other}</div>{comments}</div>{side}'
        f'<div class="footer"><p>Giấy phép số {seed} do Sở Thông tin cấp. Ghi rõ nguồn khi phát '
        "lại thông tin từ trang này.</p></div></body></html>"
    )
    return _extraction().Page(
        name=f"made up {seed}",
        url=f"https://bao{seed}.example.vn/tin-{seed}.html",
        html=html.encode(),
        body="\n\n".join([lead, *text]),
        title=title,
        authors=[author],
        published=when,
    )


_REMARKS = (
    "Con đường này làm xong thì bà con đi chợ đỡ vất vả biết mấy, cảm ơn các anh các chị nhiều.",
    "Ấp tôi cũng mong được như vậy, năm nào mùa nước nổi trẻ con đi học cũng rất cực.",
    "Xin hỏi bao giờ thì xã bên cạnh được làm tiếp, chúng tôi chờ đã mấy năm nay rồi.",
)
_CONSENT = (
    "Trang này dùng cookie để ghi nhớ lựa chọn của bạn và đếm lượt truy cập.",
    "Bằng việc bấm nút đồng ý, bạn cho phép chúng tôi lưu cookie trên máy của bạn, bạn có thể đổi ý bất cứ lúc nào.",
)


def with_junk(page: Any, seed: int) -> Any:
    """A made-up page with what real ones are full of: other articles inside the text, comments with
    dates, a second date, a dialog about cookies, counters and things to share."""
    pick = random.Random(1000 + seed)
    html = page.html.decode()
    later = (page.published + dt.timedelta(days=2)).strftime("%d/%m/%Y %H:%M")
    edited = f"<div class=upd>Cập nhật: {later}</div>" if pick.random() < 0.5 else ""
    bar = "<div class=bar>Lượt xem: 1.234</div><div>Chia sẻ Facebook Zalo</div>"
    html = html.replace('<div class="sapo">', f'{edited}{bar}<div class="sapo">')
    start = html.index('<div class="content">') + len('<div class="content">')
    first = min(at for end in ("</p>", "</div>") if (at := html.find(end, start)) > 0)
    place = html.index(">", first) + 1
    html = html[:place] + _other_articles(pick) + html[place:]
    dialog = "".join(f"<p>{line}</p>" for line in _CONSENT) + "<button>Đồng ý</button>"
    dialog = f"<div class=consent>{dialog}</div>"
    remarks = "".join(
        f"<div class=yk><b>{pick.choice(_NAMES)}</b> <span>0{day}/12/2025 09:1{day}</span>"
        f"<div>{pick.choice(_REMARKS)}</div></div>"
        for day in range(1, pick.randint(3, 7))
    )
    remarks = f"<div class=yks><h4>Ý kiến bạn đọc</h4>{remarks}</div>"
    if pick.random() < 0.5:
        html = html.replace("<body>", f"<body>{dialog}")
    else:
        remarks += dialog
    html = html.replace('<div class="footer">', f'{remarks}<div class="footer">')
    return replace(page, name=f"junk {seed}", html=html.encode())


def _other_articles(pick: random.Random) -> str:
    """Links to other articles, as editors set them between two paragraphs."""
    titles = [f"Xã {place} {pick.choice(_DEEDS)}" for place in pick.sample(_PLACES, 3)]
    links = [f'<a href="/k{n}.html">{title}</a>' for n, title in enumerate(titles)]
    listed = "".join(f"<li>{link}</li>" for link in links)
    return pick.choice(
        (
            f"<div class=box><h4>Tin cùng chuyên mục</h4><ul>{listed}</ul></div>",
            f"<div class=box><ul>{listed}</ul></div>",
            f"<p><b>Xem thêm:</b> {links[0]}</p>",
            f"<p><b>{links[0]}</b></p>",
        )
    )


def read_pages() -> list[Any]:
    """All pages, unchanged."""
    junk = (with_junk(make_page(seed), seed) for seed in range(MADE_UP, 2 * MADE_UP))
    return [*_extraction().read_samples(), *map(make_page, range(MADE_UP)), *junk]


def is_right(page: Any, *, whole: bool = True) -> bool:
    """Whether every main field of a page is read as it should be."""
    bench = _extraction()
    answer = bench.by_us(page, use_layouts=False)
    said = "\n\n".join(filter(None, [answer.lead, answer.body]))
    day = page.published.date().isoformat() == answer.day
    if not day or bench.clean(answer.title) != bench.clean(page.title):
        return False
    if not whole:
        return bool(bench.word_f1(page.body, said) >= CUT)
    names = set(map(bench.clean, answer.authors)) == set(map(bench.clean, page.authors))
    return bool(names and bench.word_f1(page.body, said) >= BODY)


def disguise(page: Any, name: str) -> Any:
    """The page in a disguise; the bytes of one that is no UTF-8 stay as they are."""
    try:
        html = page.html.decode("utf-8")
    except UnicodeDecodeError:
        return page
    return replace(page, html=DISGUISES[name](html).encode())


def measure(
    pages: list[Any], names: Iterable[str] = tuple(DISGUISES)
) -> dict[str, tuple[float, list[str]]]:
    """Disguise -> share of pages that are right, and the names of the others."""
    found = {}
    for name in names:
        whole = name != "cut at 90 %"
        wrong = [p.name for p in pages if not is_right(disguise(p, name), whole=whole)]
        found[name] = (1 - len(wrong) / len(pages), wrong)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--floors", action="store_true", help="compare with the pinned floors")
    parser.add_argument("--failed", action="store_true", help="print the pages that are wrong")
    options = parser.parse_args()
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["floors"] if options.floors else {}
    pages, fallen = read_pages(), 0
    print(f"{len(pages)} pages, by the generic rules")
    for name, (share, wrong) in measure(pages).items():
        fell = share < floors.get(name, 0.0)
        fallen += fell
        print(f"{name:<20} {share:.3f}{'  FELL' if fell else ''}")
        if options.failed:
            print("  " + ", ".join(wrong))
    sys.exit(1 if fallen else 0)


if __name__ == "__main__":
    main()
