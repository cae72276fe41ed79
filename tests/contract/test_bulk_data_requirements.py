"""Every SHALL that Bulk Data Access (STU 2) has for a server: the test that holds us to it, or why there is none.

The requirements are `bulk-data/requirements.csv` of the conformance data. https://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

CONFORMANCE = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "bulk-data" / "requirements.csv"
TESTS = Path(__file__).resolve().parents[1] / "spec" / "test_export.py"
SET = "hl7.fhir.uv.bulkdata_2.0.0"

EVERYTHING = "test_everything_that_is_stored_each_once_byte_for_byte"
PATIENTS = "test_of_patients_only_what_is_somebodys"
GROUP = "test_of_a_group_only_what_is_its_members"
FORMATS = "test_but_not_of_a_format_however_it_is_written"
SINCE = "test_since_an_instant_only_what_changed_and_what_was_deleted"
TYPES = "test_of_the_types_asked_for_however_they_are_written"
BODY = "test_by_parameters_in_a_body_too"
FILTER = "test_what_a_filter_finds_and_other_types_whole"
FILTERS = "test_what_one_of_several_filters_finds_repeated_or_with_commas"
REFUSED = "test_are_clear_and_nothing_is_begun"
CANCEL = "test_a_cancelled_export_and_its_files_are_gone"
FAILED = "test_one_that_fails_says_so_and_is_not_tried_for_ever"
INSTANT = "test_everything_as_it_was_at_one_instant_whatever_is_written_meanwhile"
TOKENS = "test_a_job_is_its_clients_own_and_its_files_need_the_same_token"

TESTED: dict[str, tuple[int, ...]] = {
    EVERYTHING: (13, 20, 21, 22, 24, 25, 28, 29, 63, 111, 112, 144, 145, 147, 148, 155, 156, 157, 159, 160, 161, 164,
                 165, 166, 168, 169, 170, 175, 178, 180, 181, 191, 192, 193, 204, 206, 207, 208, 209, 223, 227, 229,
                 299, 300, 301, 310, 132),
    PATIENTS: (109, 110, 225, 272, 273, 297),
    GROUP: (224, 249, 250, 298),
    FORMATS: (47, 49, 51, 52, 231, 251, 274),
    SINCE: (53, 59, 186, 187, 188, 189, 190, 234, 254),
    TYPES: (32, 62),
    BODY: (85, 158),
    FILTER: (103,),
    FILTERS: (117,),
    REFUSED: (210, 303, 304, 308, 309),
    CANCEL: (14, 122, 305, 306),
    FAILED: (136, 137),
    INSTANT: (150, 151, 152, 154, 202),
    TOKENS: (5, 162),
}  # fmt: skip

NO_SCOPES = "which resources a client may see is the matter of authorisation, which comes with SMART Backend Services; until then a client of the tokens file sees everything"
NO_ELEMENTS = "_elements is not offered: refused with the other unknown parameters"
NO_ASSOCIATED = "includeAssociatedData is not offered: refused; all Provenance is exported"
NO_PART = "an export holds everything or fails: there is no partial success, and error is empty"
AS_STORED = "attachments are exported as they are stored: a URL in one is the author's"
REASONS: dict[str, tuple[int, ...]] = {
    "TLS is ended in front of the service: docs/explanation/security-and-privacy.md": (2,),
    "tokens are issued by the operator, until there is an authorisation server": (12, 19),
    NO_SCOPES: (9, 27, 226),
    "attachments are not files of their own: they are in the resources that hold them": (23,),
    NO_ELEMENTS: (77,),
    NO_ASSOCIATED: (92, 96, 97, 98, 99),
    NO_PART: (142, 143, 196),
    AS_STORED: (213, 214, 215, 216),
    "the manifest has no extension": (198, 199),
}


def required() -> set[int]:
    """The SHALLs of a server."""
    if not CONFORMANCE.exists():
        pytest.skip("conformance data absent: ../shared/conformance/bulk-data")
    with CONFORMANCE.open(encoding="utf-8-sig", newline="") as rows:
        return {
            int(row["ID"])
            for row in csv.DictReader(rows)
            if row["Req Set"] == SET and row["Conformance"] in ("SHALL", "SHALL NOT") and "Server" in row["Actors"]
        }


def test_every_requirement_has_a_test_or_a_reason_and_no_more_than_one() -> None:
    said = [each for table in (TESTED, REASONS) for ids in table.values() for each in ids]
    assert len(said) == len(set(said))
    assert set(said) == required()


@pytest.mark.parametrize("name", TESTED)
def test_every_test_that_is_named_is_there(name: str) -> None:
    assert re.search(rf"def {name}\(", TESTS.read_text(encoding="utf-8"))
