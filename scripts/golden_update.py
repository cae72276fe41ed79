"""Writes the expected files of one golden case anew and prints what changed: `make golden-update FORM=... CASE=...`.

One case at a time, on purpose: each change is to be read before it is committed.
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.golden.cases import GOLDEN, INPUT, differences, expected_files


def update(form: str, case: str) -> int:
    folder = GOLDEN / form / case
    if {form, case} & {"", ".", ".."} or "/" in form + case or not (folder / "form.json").is_file():
        known = sorted(
            f"FORM={path.parent.parent.name} CASE={path.parent.name}" for path in GOLDEN.glob("*/*/form.json")
        )
        print(f"Name one case. The cases are:\n{chr(10).join(known)}", file=sys.stderr)
        return 2
    before = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name not in INPUT}
    after = expected_files(folder)
    for name in sorted({*before, *after}):
        if before.get(name) == after.get(name):
            continue
        print(f"{form}/{case}/{name}")
        old, new = (json.loads(files[name]) if name in files else None for files in (before, after))
        for line in differences(old, new):
            print(f"  {line}")
        if name in after:
            (folder / name).write_text(after[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("form", help="the edition's id")
    parser.add_argument("case", help="the case's folder")
    named = parser.parse_args()
    return update(named.form, named.case)


if __name__ == "__main__":
    sys.exit(main())
