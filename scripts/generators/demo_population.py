"""docs/reference/demo-population.md: the demo's people by situation, and those with memorable numbers."""

from __future__ import annotations

from collections import Counter
from datetime import date

from acpshare.demo import SEED, members
from acpshare.translation import load_mappings

ANY_DAY = date(2026, 11, 22)

HEADER = """# The demo's people

Everybody here is invented. NHS numbers are of the 999 range, which is never issued; family names are nobody's;
telephone numbers are of the range kept for fiction. Their forms are told from short clinical stories
(`src/acpshare/demo/vignettes.yaml`), in which every CPR decision has a reason of the person's own. No clinician has
reviewed them.

`acpshare demo` makes them on its first start and keeps them in `var/demo.db`; `--fresh` makes them anew. The same seed
makes the same people, and dates are counted back from the day on which they are made, so that a review that is overdue
is overdue on any day.

## Numbers to remember

| NHS number | what is on record |
| --- | --- |
"""


def generate() -> dict[str, str]:
    everybody = list(members(load_mappings(), ANY_DAY, SEED))
    memorable, others = everybody[:8], everybody[8:]
    text = HEADER + "".join(f"| {each.number} | {each.situation.shows} |\n" for each in memorable)
    text += "\n## Everybody else\n\n| people | what is on record |\n| --- | --- |\n"
    text += "".join(f"| {n} | {shows} |\n" for shows, n in Counter(each.situation.shows for each in others).items())
    forms: Counter[str] = Counter()
    for member in everybody:
        forms.update(each.get("questionnaire", "").rpartition("/")[2].partition("|")[0] for each in member.resources)
    consents = forms.pop("")
    sums = f"{len(everybody)} people, {forms.total()} forms, {consents} legal instruments as Consents."
    text += f"\n## Their forms\n\n{sums}\n"
    text += "\n| form | how many |\n| --- | --- |\n"
    text += "".join(f"| `{form}` | {number} |\n" for form, number in sorted(forms.items()))
    return {"docs/reference/demo-population.md": text}
