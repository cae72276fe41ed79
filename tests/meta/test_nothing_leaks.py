"""No committed file holds an index's address, a path of somebody's machine, a secret or a real person's number."""

from __future__ import annotations

import re

import pytest
from stdnum.gb import nhs

from tests.meta.project_files import texts

# The bracketed letters keep a pattern from finding itself here.
FORBIDDEN = {
    "the address of a package index": (
        r"pypi\.[o]rg|pythonhosted\.[o]rg|registry\.[n]pmjs|registry\.[y]arnpkg|repo1?\.[m]aven|crates\.[i]o/"
        r"|proxy\.[g]olang|[d]eb\.debian|--[i]ndex-url|--[e]xtra-index|[I]NDEX_URL|--[f]ind-links"
    ),
    "a path of one machine": r"(?<![\w.])/(?:[w]ork|[r]oot|home/[a-z]+|[U]sers/[A-Za-z]+|opt/[w]heels|tmp/[b]ash_jobs)/",
    "a private key": r"-----BEGIN [A-Z ]*[P]RIVATE KEY",
    "an access token": r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[bp]-\w{10,}|eyJ[\w-]{20,}\.eyJ[\w-]{20,})",
    "a password in an address": r"\b(?:postgres(?:ql)?(?:\+\w+)?|https?)://\w+:(?!\.\.\.|\{|\$|<|password@|s3cret@)[^@\s/\"']{3,}@",
}
NHS_NUMBER = re.compile(r"(?<![\w.\-])\d{3}([ -]?)\d{3}\1\d{4}(?![\w.\-])")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}"
        for path, text in texts()
        for hit in pattern.finditer(text)
    ]
    assert found == []


def test_every_valid_nhs_number_is_of_the_synthetic_range() -> None:
    found = [
        f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}"
        for path, text in texts()
        if not path.startswith("requirements/")
        for hit in NHS_NUMBER.finditer(text)
        if not hit[0].startswith("999") and len(set(nhs.compact(hit[0]))) > 1 and nhs.is_valid(hit[0])
    ]
    assert found == []
