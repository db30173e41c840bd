"""What a filed file really is, judged by its content and never by its suffix.

Offices rename freely: an `.et` is mostly an xls or xlsx, an `.xls` may be an HTML page that a web system exported.
Only text needs its name: nothing in the content of a CSV says that it is one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from generator.intake.faults import Faults, Refused
from generator.intake.ole import MAGIC as OLE_MAGIC
from generator.intake.ole import names as ole_names

Format = Literal["xlsx", "xls", "docx", "csv"]

# A list of 340 items is below 1 MiB; a scan pasted into a document is what makes files larger than this.
MAX_FILE_BYTES = 20 * 1024 * 1024
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"{\\rtf", "RTF"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
    (b"\x1f\x8b", "GZIP"),
)
# A part that stands in a zip of one kind only → what the file is then.
_PARTS: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", "xlsb"),
    ("xl/workbook.xml", "xlsx"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("OFD.xml", "ofd"),
    ("Index/Document.iwa", "numbers"),
)
_LEFTOVERS = frozenset({"thumbs.db", ".ds_store", "desktop.ini"})
_BARE_BIFF_LENGTHS = (b"\x04\0", b"\x06\0", b"\x08\0", b"\x10\0")
_OPENDOCUMENT = {"spreadsheet": "ods", "text": "odt", "presentation": "odp"}
_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The bytes of a file, read once; whatever is parsed later is exactly this."""

    content: bytes
    sha256: str


def open_filed(path: Path, faults: Faults) -> Opened:
    """Return the content of a regular file of at most 20 MiB. Raises Refused after noting why it is not one.

    A FIFO or device cannot hang us (opened non-blocking) and a symbolic link is not followed: the system refuses to,
    or, where it cannot (Windows), we look first.
    """
    if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
        raise faults.refuse("FILE-NOT-REGULAR", found="symlink", kind="symlink")
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise _not_opened(path, error, faults) from None
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        os.close(descriptor)
        raise faults.refuse("FILE-NOT-REGULAR", found=_kind(before.st_mode), kind=_kind(before.st_mode))
    with os.fdopen(descriptor, "rb") as file:
        if before.st_size > MAX_FILE_BYTES:
            raise _too_large(before.st_size, faults)
        content = file.read(MAX_FILE_BYTES + 1)
        after = os.fstat(file.fileno())
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(len(content), faults)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        content
    ) != after.st_size:
        faults.add("FILE-CHANGED")
    return Opened(content=content, sha256=hashlib.sha256(content).hexdigest())


def _not_opened(path: Path, error: OSError | ValueError, faults: Faults) -> Refused:
    code = error.errno if isinstance(error, OSError) else None
    if code in (errno.ELOOP, errno.EMLINK):
        return faults.refuse("FILE-NOT-REGULAR", found="symlink", kind="symlink")
    if code == errno.ENXIO:
        return faults.refuse("FILE-NOT-REGULAR", found="socket", kind="socket")
    if code in (errno.EACCES, errno.EISDIR) and path.is_dir():  # Windows does not open folders
        return faults.refuse("FILE-NOT-REGULAR", found="directory", kind="directory")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return faults.refuse("FILE-UNREADABLE", reason=reason)


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "directory"
    if stat.S_ISFIFO(mode):
        return "fifo"
    return "socket" if stat.S_ISSOCK(mode) else "device"


def _too_large(size: int, faults: Faults) -> Refused:
    return faults.refuse(
        "FILE-BUDGET", what="file", limit=_mebibytes(MAX_FILE_BYTES), actual=_mebibytes(size), part=""
    )


def _mebibytes(size: int) -> str:
    return f"{size / 1048576:.1f} MB"


def is_leftover(name: str) -> bool:
    """Whether a file is what Office or a system leaves beside documents: a lock (~$清单.xlsx), thumbnails, folder settings."""
    return name.startswith(("~$", ".~")) or name.casefold() in _LEFTOVERS


def check_name(name: str, faults: Faults) -> None:
    """Note a file name that misleads a reader or that some system cannot store (FILE-NAME)."""
    reason = None
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        reason = "control"
    elif any(unicodedata.category(character) in ("Cf", "Cn") for character in name):
        reason = "invisible"
    elif name.split(".", maxsplit=1)[0].strip().casefold() in _WINDOWS_DEVICES:
        reason = "reserved"
    elif len(name.encode("utf-8", "surrogatepass")) > 255:
        reason = "long"
    if reason:
        faults.add("FILE-NAME", found=name, reason=reason)


def sniff(content: bytes, name: str, faults: Faults, *, as_csv: bool = False) -> Format:
    """Return what the bytes are. Raises Refused after noting what they are instead.

    `name` only decides whether plain text is a CSV; `as_csv` says that it is.
    """
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise faults.refuse("FILE-EMPTY")
    if content.startswith(b"PK"):
        return _of_zip(content, faults)
    if content.startswith(OLE_MAGIC):
        return _of_ole(content, name, faults)
    for magic, kind in _MAGIC:
        # "BM" begins many English texts; a bitmap states its own size behind it.
        if content.startswith(magic) and (
            kind != "BMP" or content[2:6] == len(content).to_bytes(4, "little")
        ):
            raise faults.refuse("FILE-TYPE", found=kind, kind=kind)
    # A bare BIFF stream, as Excel 2 to 4 wrote it.
    if content[:1] == b"\x09" and content[1:2] in b"\0\x02\x04\x08" and content[2:4] in _BARE_BIFF_LENGTHS:
        raise faults.refuse("FILE-UNSUPPORTED", found="xls-old", kind="xls-old")
    return _of_text(content, name, faults, as_csv=as_csv)


def _of_zip(content: bytes, faults: Faults) -> Format:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = [info.filename.replace("\\", "/") for info in archive.infolist()]
            mimetype = content[38 : 38 + 80] if parts[:1] == ["mimetype"] else b""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError):
        raise faults.refuse("FILE-TRUNCATED") from None
    lowered = {part.casefold() for part in parts}
    kind = next((kind for part, kind in _PARTS if part.casefold() in lowered), None)
    if mimetype.startswith(b"application/vnd.oasis.opendocument."):
        word = mimetype[35:].split(b"P")[0].split(b"-")[0].decode("ascii", "replace")
        kind = next((short for long, short in _OPENDOCUMENT.items() if word.startswith(long)), "ods")
    if kind is None:
        # Strict about names, lax about the folder: a workbook part may stand anywhere its relations say.
        kind = "xlsx" if any(part.endswith("workbook.xml") for part in lowered) else None
    if (
        kind is None
        and "[content_types].xml" in lowered
        and any(part.startswith("word/") for part in lowered)
    ):
        raise faults.refuse("DOC-BROKEN", part="word/document.xml")
    if kind is None:
        raise faults.refuse("FILE-TYPE", found="ZIP", kind="ZIP")
    if kind == "xlsx":
        return "xlsx"
    if kind == "docx":
        return "docx"
    raise faults.refuse("FILE-UNSUPPORTED", found=kind, kind=kind)


def _of_ole(content: bytes, name: str, faults: Faults) -> Format:
    entries = ole_names(content)
    if entries is None:
        raise faults.refuse("FILE-TRUNCATED")
    lowered = {entry.casefold() for entry in entries}
    if "encryptedpackage" in lowered or "encryptioninfo" in lowered:
        raise faults.refuse("FILE-ENCRYPTED")
    if lowered & {"workbook", "book"}:
        macro = next(
            (entry for entry in entries if entry.casefold() in ("_vba_project_cur", "vba", "macros")), None
        )
        if macro:
            raise faults.refuse("FILE-MACRO", found=macro, part=macro)
        return "xls"
    for stream, kind in (("worddocument", "doc"), ("powerpoint document", "ppt")):
        if stream in lowered:
            raise faults.refuse("FILE-UNSUPPORTED", found=kind, kind=kind)
    if name.casefold().endswith((".et", ".wps", ".dps", ".ett")) or any(
        entry.startswith(("wps", "et", "kso")) for entry in lowered
    ):
        raise faults.refuse("FILE-WPS-NATIVE")
    raise faults.refuse("FILE-TYPE", found="OLE", kind="OLE")


def _of_text(content: bytes, name: str, faults: Faults, *, as_csv: bool) -> Format:
    head = _head(content)
    opening = head.lstrip()
    if opening.startswith(("<?xml", "<workbook")):
        if "urn:schemas-microsoft-com:office:spreadsheet" in head or "excel.sheet" in head:
            raise faults.refuse("FILE-TYPE-SPREADSHEETML")
        if "<html" not in head:
            raise faults.refuse("FILE-TYPE", found="XML", kind="XML")
    if (
        opening.startswith("<") and any(tag in head for tag in ("<html", "<table", "<!doctype html", "<meta"))
    ) or ("mime-version:" in head[:200]):
        raise faults.refuse("FILE-TYPE-HTML")
    if as_csv or name.casefold().endswith(".csv"):
        return "csv"
    kind = "text" if _is_text(content) else "unknown"
    raise faults.refuse("FILE-TYPE", found=kind, kind=kind)


def _head(content: bytes) -> str:
    """The first characters in small letters, whatever the encoding: only ASCII is looked for."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content[:8192].decode("utf-16", "replace").casefold()
    return content.removeprefix(b"\xef\xbb\xbf")[:4096].decode("latin-1").casefold()


def _is_text(content: bytes) -> bool:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    if any(content[:65536].count(bytes([control])) for control in (*range(9), *range(14, 27))):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
