"""Vietnamese-shaped text in bulk: syllables by the rules of spelling, words and sentences by rank.

Frequencies fall off as in news text, so that common syllables stand in most articles and rare
pairs in few. No sentence means anything and nobody is named.
"""

from __future__ import annotations

import itertools
import random
import unicodedata

ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split() + [""]
RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e em en"
    " eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o"
    " oa oac oai oan oang oanh oat oay oăn oc oe oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm"
    " ơn ơp ơt u ua uân uât uc ui um un ung uôc uôi uôm uôn uông uôt up ut uy uyên uyêt uynh ư ưa"
    " ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ưu"
).split()
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
COMMON = (
    "tỉnh ủy long an và của có được trong cho các người là đã với không một những này khi về từ để"
    " theo năm ngày tại ra vào nhiều đến xã huyện thành phố nông dân sản xuất kinh tế phát triển"
    " công tác tổ chức thực hiện địa phương chính quyền nhân dân giáo dục y tế giao thông đường bộ"
    " nước mưa lũ lụt sạt lở giá lúa tăng giảm doanh nghiệp đầu tư xây dựng chương trình kế hoạch"
).split()
WORDS = 20_000


def syllables() -> list[str]:
    """Return the syllables that Vietnamese spelling allows, near enough."""
    return [
        onset + _toned(rime, tone)
        for onset in ONSETS
        for rime in RIMES
        for tone in (TONES if rime[-1] not in "cpt" and rime[-2:] != "ch" else TONES[2::3])
    ]


class Writer:
    """Writes articles: (title, summary, body)."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        stock = [s for s in syllables() if s not in COMMON]
        self._random.shuffle(stock)
        stock = COMMON + stock[:6_400]
        weights = [1 / (rank + 8) for rank in range(len(stock))]
        drawn = iter(self._random.choices(stock, weights=weights, k=2 * WORDS))
        self._words = [
            next(drawn) if self._random.random() < 0.35 else f"{next(drawn)} {next(drawn)}"
            for _ in range(WORDS)
        ]
        self._weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(WORDS)))

    def sentence(self, words: int) -> str:
        """Return so many words, the first letter large, no full stop."""
        text = " ".join(self._random.choices(self._words, cum_weights=self._weights, k=words))
        return text[:1].upper() + text[1:]

    def article(self) -> tuple[str, str, str]:
        """Return title, summary and body of about 2.6 KB together."""
        pick = self._random.randint
        paragraphs = []
        for _ in range(pick(3, 8)):
            sentences = (
                self.sentence(pick(8, 24)).replace(" ", ", ", 1) for _ in range(pick(1, 4))
            )
            paragraphs.append(". ".join(sentences) + ".")
        return (
            self.sentence(pick(6, 10)),
            self.sentence(pick(16, 28)) + ".",
            "\n\n".join(paragraphs),
        )


def _toned(rime: str, tone: str) -> str:
    vowels = [at for at, letter in enumerate(rime) if letter in "aăâeêioôơuưy"]
    marked = [at for at in vowels if rime[at] in "ăâêôơư"]
    if marked:
        at = marked[-1]
    elif len(vowels) > 1 and vowels[-1] == len(rime) - 1:
        at = vowels[-2]
    else:
        at = vowels[-1]
    return unicodedata.normalize("NFC", rime[: at + 1] + tone + rime[at + 1 :])
