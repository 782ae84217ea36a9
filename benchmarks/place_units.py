"""Write ``storage/places/units.tsv``: the units of Vietnam before and since 1 July 2025.

    python benchmarks/place_units.py FOLDER

FOLDER holds the unpacked wheel of ``vietnam-provinces`` 2026.9.0 (GPL: its facts are read, none
of its code is used). Needs Python 3.12. The facts are those of the National Statistics Office:
its list of units of the time before, its list of today, and its table of conversion.

Where the lists disagree, this script says what it took, and why (see ``REASONS``).
"""

from __future__ import annotations

import collections
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "storage" / "places" / "units.tsv"

HEADER = """\
# The units of Vietnam: the 63 provinces, 696 districts and 10,033 communes of 30 June 2025 (codes
# that end in c, for "cũ"), and the 34 provinces and 3,321 communes since 1 July 2025.
# Source: the National Statistics Office's lists of units and its table of conversion from old
# communes to new ones, as the package vietnam-provinces 2026.9.0 (data of 2026-09-20) carries
# them; written by benchmarks/place_units.py, which names what was corrected.
# The provinces are those of resolution 202/2025/QH15.
# became: what the unit is today; ~ marks a new unit that took a part of it. Where a district has
# none here, it became what its communes became.
code\tkind\tname\tparent\tbecame
"""

NAMES = {
    3980: ("phường", "Mộc Lỵ"),
    3983: ("phường", "Bình Minh"),
    3984: ("phường", "Cờ Đỏ"),
    3979: ("phường", "Mộc Sơn"),
    3982: ("phường", "Thảo Nguyên"),
    26929: ("phường", "14"),
    26953: ("phường", "19"),
    27076: ("phường", "15"),
    27226: ("phường", "11"),
    27232: ("phường", "10"),
    27367: ("phường", "2"),
    27373: ("phường", "1"),
}
"""Old communes of the conversion that the old list lacks, or has by their name of 2024."""

ISLANDS = ("Bạch Long Vĩ", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn", "Côn Đảo")
"""Districts that had no communes; each is a special zone of its own name today."""

REASONS = """\
- The old list has 28 communes that the conversion lacks: merged into their neighbours in the
  turn of 2024/25. They are left out: the conversion is the state of June 2025.
- The conversion has 10 communes that the old list lacks: made in that turn. Seven wards of Ho Chi
  Minh City kept a name of the list under a neighbour's code; the three of Mộc Châu (and two that
  got a new name there) are named after resolution 1280/NQ-UBTVQH15's town.
- The conversion gives one commune each of Long An (27691) and Kiên Giang (30781) to a neighbouring
  province: the province is taken from the district.
- Reports of 2025 count 10,035 old communes, two more than the conversion has.
"""

KINDS = ("đặc khu", "thị trấn", "thị xã", "thành phố", "phường", "huyện", "quận", "tỉnh", "xã")
_FARM = re.compile(r"^N\.?T\.? ")


def main(folder: str) -> None:
    """Write the file and print the totals."""
    sys.path.insert(0, folder)
    rows = sorted([*_new_rows(), *_old_rows()], key=lambda row: len(row[0].rstrip("c")))
    text = HEADER + "".join("\t".join(row) + "\n" for row in rows)
    TARGET.write_text(text, encoding="utf-8")
    print(collections.Counter((row[0].endswith("c"), len(row[0].rstrip("c"))) for row in rows))
    print(REASONS)


def _new_rows() -> list[tuple[str, ...]]:
    import vietnam_provinces as today

    provinces = [(f"{int(p.code):02}", *split(p.name), "", "") for p in today.Province.iter_all()]
    communes = [
        (f"{int(w.code):05}", *split(w.name), f"{int(w.province_code):02}", "")
        for w in today.Ward.iter_all()
    ]
    return sorted(provinces) + sorted(communes)


def _old_rows() -> list[tuple[str, ...]]:
    from vietnam_provinces import _province_conversion_2025 as provinces_2025
    from vietnam_provinces import _ward_conversion_2025 as communes_2025
    from vietnam_provinces import legacy

    new = {row[2]: row[0] for row in _new_rows() if row[1] == "đặc khu"}
    districts = {int(d.code): d for d in legacy.District.iter_all()}
    listed = {int(w.code): split(w.name) for w in legacy.Ward.iter_all()} | NAMES
    rows: list[tuple[str, ...]] = []
    for p in legacy.Province.iter_all():
        code = int(p.code)
        # One stray province code in the conversion makes 82 lead to two: the own one is right.
        became = provinces_2025.OLD_TO_NEW[code].new_provinces[-1]
        rows.append((f"{code:02}c", *split(p.name), "", f"{became.code:02}"))
    for code, d in sorted(districts.items()):
        kind, name = split(d.name)
        island = new[name] if name in ISLANDS else ""
        rows.append((f"{code:03}c", kind, name, f"{int(d.province_code):02}c", island))
    for code, entry in sorted(communes_2025.OLD_TO_NEW.items()):
        parent = f"{entry.old_ward.district_code:03}c"
        rows.append((f"{code:05}c", *listed[code], parent, _became(entry)))
    return rows


def _became(entry: Any) -> str:
    mark = "~" if entry.old_ward.is_partly_merged or len(entry.new_wards) > 1 else ""
    return " ".join(f"{new.code:05}{mark}" for new in entry.new_wards)


def split(full: str) -> tuple[str, str]:
    """Split kind and name, and repair how the lists spell some names."""
    lower = full.lower()
    kind = next(kind for kind in KINDS if lower.startswith(kind + " "))
    name = _FARM.sub("", full[len(kind) + 1 :]).replace("' ", "'")
    return kind, " ".join(word[:1].upper() + word[1:] for word in name.split(" "))


if __name__ == "__main__":
    main(*sys.argv[1:])
