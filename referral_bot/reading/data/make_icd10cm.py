"""Makes the tables that come out of the `simple-icd-10-cm` package; run it when a new year comes out.

    python -m referral_bot.reading.data.make_icd10cm

The package takes well over a second to import and keeps a tree of objects; the reader needs less:

- `icd10cm.tsv.gz`: a line is a code with its dot, `1` if it is billable (has no children) else `0`, and its
  title, separated by tabs and sorted by code;
- `../tables/clinical_words.txt`: the words of those titles that everyday language does not have.
"""

from __future__ import annotations

import gzip
import re
import textwrap
from pathlib import Path

from referral_bot.reading.tables import word_list

HERE = Path(__file__).parent
CODES = HERE / "icd10cm.tsv.gz"
WORDS = HERE.parent / "tables" / "clinical_words.txt"
EXTERNAL_CAUSES = "VWXYZ"
"""Chapters whose titles are about traffic, tools and lodgings rather than illness."""


def main() -> None:
    """Write both tables anew, byte for byte the same for the same release."""
    import simple_icd_10_cm as icd10cm

    lines = []
    words: set[str] = set()
    for code in icd10cm.get_all_codes(with_dots=True):
        if icd10cm.is_category(code) or icd10cm.is_subcategory(code) or icd10cm.is_extended_subcategory(code):
            title = icd10cm.get_description(code)
            lines.append(f"{code}\t{int(icd10cm.is_leaf(code))}\t{title}\n")
            if code[0] not in EXTERNAL_CAUSES:
                words.update(re.findall(r"[a-z]{4,}", title.lower()))
    CODES.write_bytes(gzip.compress("".join(sorted(lines)).encode(), compresslevel=9, mtime=0))
    for everyday in ("function_words", "chat_words", "given_names", "surnames"):
        words -= word_list(everyday)
    body = textwrap.fill(" ".join(sorted(words)), 100)
    WORDS.write_text(
        f"# Words of ICD-10-CM titles, made by data/make_icd10cm.py.\n{body}\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
