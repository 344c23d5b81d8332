"""Makes `icd10cm.tsv.gz` out of the `simple-icd-10-cm` package: run it again when that package brings a new year.

    python -m referral_bot.reading.data.make_icd10cm

The package takes well over a second to import and keeps a tree of objects; the reader needs codes and titles
only. A line is a code with its dot, `1` if it is billable (has no children) else `0`, and its title, separated
by tabs and sorted by code.
"""

from __future__ import annotations

import gzip
from pathlib import Path

TABLE = Path(__file__).with_name("icd10cm.tsv.gz")


def main() -> None:
    """Write the table anew, byte for byte the same for the same release."""
    import simple_icd_10_cm as icd10cm

    lines = []
    for code in icd10cm.get_all_codes(with_dots=True):
        if icd10cm.is_category(code) or icd10cm.is_subcategory(code) or icd10cm.is_extended_subcategory(code):
            billable = "1" if icd10cm.is_leaf(code) else "0"
            lines.append(f"{code}\t{billable}\t{icd10cm.get_description(code)}\n")
    text = "".join(sorted(lines)).encode()
    TABLE.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
