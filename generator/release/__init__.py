"""A built site leaves for its portals: staged, sealed, read back, switched to in one step, and held against its signature later."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from generator.model.targets import FolderTarget, SftpTarget, TargetSettings
from generator.release.faults import in_words
from generator.release.history import Past, history
from generator.release.ledger import IsSigned, Sign
from generator.release.note import NOTE
from generator.release.publishing import Published, Travel, intended, publish, publish_preview, roll_back
from generator.release.state import Office
from generator.release.target import Progress, Target
from generator.release.tree import Built, built_unit, units_of
from generator.release.verifying import ShownFolder, ShownUnit, Verdict, verify
from generator.release.web import ShownPortal

__all__ = [
    "NOTE",
    "Built",
    "IsSigned",
    "Office",
    "Past",
    "Progress",
    "Published",
    "ShownFolder",
    "ShownPortal",
    "ShownUnit",
    "Sign",
    "Target",
    "Travel",
    "Verdict",
    "built_unit",
    "history",
    "in_words",
    "intended",
    "open_target",
    "publish",
    "publish_preview",
    "roll_back",
    "units_of",
    "verify",
]


def open_target(settings: TargetSettings, base: Path) -> AbstractContextManager[Target]:
    """Open a target; relative paths of its settings count from `base`.

    Opening raises UsageError where it needs packages that are not installed, PublishError where it is not to be reached.
    """
    # SFTP and object storage are optional extras: their modules are loaded by whoever uses them.
    if isinstance(settings, FolderTarget):
        from generator.release.folder import open_folder

        return open_folder(settings, base)
    if isinstance(settings, SftpTarget):
        from generator.release.sftp import open_sftp

        return open_sftp(settings, base)
    from generator.release.s3 import open_s3

    return open_s3(settings)
