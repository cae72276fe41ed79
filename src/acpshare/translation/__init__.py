"""Translation: forms as two-way views of the plan. Pure: it reads no clock, no network, and no file but mappings."""

from acpshare.plan.answers import CARRIED
from acpshare.translation.compiling.mapping_file import Compiled, compile_file, compile_files
from acpshare.translation.ledger_issues import ledger_issues
from acpshare.translation.mapping import SERVICE_OWNED, CompiledMapping
from acpshare.translation.mappings import Mappings, MappingsInvalid, load_mappings, mapping_files, shipped_files
from acpshare.translation.read import read
from acpshare.translation.result import Translation
from acpshare.translation.rows import nhs_number
from acpshare.translation.update import update
from acpshare.translation.write import write

__all__ = [
    "CARRIED",
    "SERVICE_OWNED",
    "Compiled",
    "CompiledMapping",
    "Mappings",
    "MappingsInvalid",
    "Translation",
    "compile_file",
    "compile_files",
    "ledger_issues",
    "load_mappings",
    "mapping_files",
    "nhs_number",
    "read",
    "shipped_files",
    "update",
    "write",
]
