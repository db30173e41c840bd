"""What `content/` says about the site and its counties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from generator.model.kinds import Field
from generator.model.places import Division, DivisionCode
from generator.model.targets import TargetSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Where an out-of-list task can be reported in one county."""

    office: Mapping[str, str]
    """Name of the office by language; zh always there."""
    role: Literal["county", "relief"]
    """`county`: the contact the county names for its lists. `relief`: its 整治形式主义为基层减负 office."""
    phone: str
    hours: Mapping[str, str]
    address: Mapping[str, str]
    verified: date | None
    """When somebody last rang it; None is shown as not verified."""


@dataclass(frozen=True, kw_only=True, slots=True)
class County:
    """`county.toml`: one county's site."""

    division: Division
    prefecture: Division
    languages: tuple[str, ...]
    """zh first; the page language of every county, and its others."""
    townships: tuple[Division, ...]
    """Its real townships and subdistricts, with any farm or bureau it opted in by name; sorted by code."""
    host: Mapping[str, str]
    """主办单位 by language."""
    site_name: str | None
    site_domain: str | None
    site_id_code: str | None
    icp_number: str | None
    police_number: str | None
    contacts: tuple[Contact, ...]
    gates: frozenset[str]
    """`record`: a list is in force only once the province has recorded it."""
    originals_public: bool
    sample: bool
    folder: Path
    columns: Mapping[str, Field] = field(default_factory=dict)
    """`columns.toml`: headings of the county's own, and the column each of them means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """`site.toml` and everything it leads to."""

    content: Path
    province: Division
    base_url: str | None
    """Without it canonical links, sitemap and Atom are left out; navigation is always relative."""
    divisions: Mapping[DivisionCode, Division]
    counties: tuple[County, ...]
    """Those with a folder under content/counties, sorted by code."""
    public_key: str | None = None
    """The public half of the key that releases are signed with; None where nothing is published yet."""
    former_keys: tuple[str, ...] = ()
    """Public halves of keys that older releases were signed with: believed, no longer used."""
    targets: tuple[TargetSettings, ...] = ()

    def county(self, code: str) -> County | None:
        """Return the county with this code, or None where the content has no folder for it."""
        return next((county for county in self.counties if county.division.code == code), None)
