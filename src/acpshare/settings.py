"""Every setting of the service, from the environment (`ACPSHARE_...`): read once, then passed on as values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """https://github.com/pydantic/pydantic-settings: the descriptions here are the reference page."""

    model_config = SettingsConfigDict(env_prefix="ACPSHARE_", frozen=True, extra="forbid")

    database_url: str = Field(
        default="sqlite:///var/acpshare.db",
        description="Where plans are stored, as an SQLAlchemy address: `sqlite:///FILE` or `postgresql+psycopg://...`.",
    )
    host: str = Field(
        default="127.0.0.1", description="Address to listen on. Demo mode accepts loopback addresses only."
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        default=None,
        description="Address under which clients reach the service, for example `https://acp.example.nhs.uk`: used in "
        "`Location` headers and Bundle links. Without it, the host and port above.",
    )
    client_tokens_file: Path | None = Field(
        default=None,
        description="File of the clients that may use `acpshare serve`: on each line a name, a colon and the SHA-256 "
        "of its bearer token in hex, `#` for comments. There is no default, and `serve` does not start without it.",
    )
    mapping_paths: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="Further mapping files or folders of local forms, separated by `:`.",
    )
    time_zone: str = Field(
        default="Europe/London", description="Whose calendar says which day it is, for reviews that fall due."
    )
    max_body_bytes: int = Field(
        default=5_000_000, ge=1_000, description="Largest request body; a larger one is refused while it arrives."
    )
    require_if_match: bool = Field(
        default=False,
        description="Whether an update of what is here already must name, in `If-Match`, the version it is made of.",
    )
    most_bundle_entries: int = Field(
        default=1_000, ge=1, le=5_000, description="Entries of one batch or transaction; one with more is refused."
    )
    most_conditional_deletes: int = Field(
        default=1, ge=1, le=1_000, description="How many resources, all of one person, a conditional delete may delete."
    )
    ods_code: str | None = Field(
        default=None,
        pattern=r"^[A-Z0-9]{3,12}$",
        description="ODS code of the organisation that keeps the plans: custodian and author of the DocumentReferences "
        "that point to them. There is no default; without it they are not pointers that the NRL takes.",
    )
    practice_setting: str | None = Field(
        default=None,
        pattern=r"^[0-9]{6,18}(\|.+)?$",
        description="Practice setting of those pointers, as `code|display` of SNOMED CT, which the NRL asks for. There "
        "is no default.",
    )
    export_dir: Path = Field(
        default=Path("var/export"),
        description="Folder for the files of bulk exports. Processes that share a database share this folder too.",
    )
    export_most: int = Field(default=4, ge=1, le=100, description="How many bulk exports may be under way at once.")
    export_hours: int = Field(default=24, ge=1, le=720, description="Hours after which a finished export is removed.")
    search_seconds: float = Field(
        default=5.0, gt=0, le=60, description="How long a search may take; one that takes longer is refused with 503."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")

    @field_validator("mapping_paths", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part for part in value.split(":") if part) if isinstance(value, str) else value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is not a time zone of the IANA database") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("begins with http:// or https://")
        return value.rstrip("/") if value else None

    @property
    def base_url(self) -> str:
        """The FHIR base address that clients see, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.public_url or f'http://{host}:{self.port}'}/fhir/R4"
