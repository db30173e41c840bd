"""Findings as SARIF 2.1.0 (OASIS), for the code-scanning views of forges and editors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from urllib.parse import quote

from generator.checks.formats import Lines, place, sentence
from generator.checks.rule import Rule
from generator.checks.rules import RULES
from generator.checks.text import escape
from generator.model.findings import Checked, Finding, Severity
from generator.model.text import ZH

_LEVELS: Mapping[Severity, str] = {"error": "error", "confirm": "error", "warning": "warning", "info": "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_INDEX = {identifier: at for at, identifier in enumerate(RULES)}


def as_sarif(checked: Checked, lang: str = ZH, *, paths: Mapping[str, str]) -> dict[str, object]:
    """Return one SARIF log with one run. `paths` leads from file names to the paths that the caller gave."""
    lines = Lines(checked)
    # Findings carry a document's name made safe to show; its place in the list is its index among the artifacts.
    files = {
        escape(document.file): (index, _uri(paths.get(document.file, document.file)))
        for index, document in enumerate(checked.documents)
    }
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Qingdan",
                        "fullName": "清单 Qingdan",
                        "rules": [_rule(rule, lang) for rule in RULES.values()],
                    }
                },
                "language": "zh-CN" if lang == ZH else "en",
                "columnKind": "unicodeCodePoints",
                "artifacts": [
                    {
                        "location": {"uri": files[escape(document.file)][1]},
                        "length": document.size,
                        **({"hashes": {"sha-256": document.sha256}} if document.sha256 else {}),
                    }
                    for document in checked.documents
                ],
                "results": [_result(finding, lines, files, lang) for finding in checked.findings],
            }
        ],
    }


def _uri(path: str) -> str:
    written = path.replace("\\", "/")
    # A drive letter would be read as the scheme of an address.
    drive, rest = (written[:2], written[2:]) if re.match("[A-Za-z]:/", written) else ("", written)
    return (f"file:///{drive}" if drive else "") + quote(rest, safe="/")


def _rule(rule: Rule, lang: str) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.says.in_language(lang)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"severity": rule.severity, "source": rule.source},
    }


def _result(
    finding: Finding, lines: Lines, files: Mapping[str, tuple[int, str]], lang: str
) -> dict[str, object]:
    where = finding.where
    spot = place(where)
    index, uri = files.get(where.file, (-1, _uri(where.file)))  # SARIF: -1 stands for "in no table"
    physical: dict[str, object] = {"artifactLocation": {"uri": uri, "index": index}}
    line = lines.of(where)
    if line is not None:
        # Only text has lines: those of a zipped workbook would lead nowhere.
        physical["region"] = {"startLine": line}
    location: dict[str, object] = {"physicalLocation": physical}
    if spot:
        location["logicalLocations"] = [
            {"name": where.cell or where.sheet, "fullyQualifiedName": spot, "kind": "member"}
        ]
    told = f"{spot} {sentence(finding, lang)}" if spot else sentence(finding, lang)
    identity = "\0".join((finding.rule, where.file, where.sheet or "", where.cell or "", finding.found))
    return {
        "ruleId": finding.rule,
        "ruleIndex": _INDEX[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": told},
        "locations": [location],
        "partialFingerprints": {"qingdan/v1": hashlib.sha256(identity.encode()).hexdigest()},
    }
