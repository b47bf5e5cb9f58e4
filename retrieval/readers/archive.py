"""The guard before every format that is a zip archive inside: nothing is unpacked before its directory is believed."""

import re
import zipfile
import zlib
from io import BytesIO

from retrieval.readers.source import Source

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_SMALL = 1024 * 1024
"""A part of less than this may shrink as far as it likes: it costs nothing to unpack."""
_ARCHIVE_NAMES = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".jar")
_ARCHIVE_MARKS = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_OFFICE_NAMES = (
    *(".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm", ".xlsb", ".vsdx", ".ods", ".odt", ".bin"),
    *(".emz", ".wmz", ".svgz"),
)
"""What office programs put into their files though it is an archive inside. It is never opened here."""
_PICTURE_NAMES = (".bmp", ".dib", ".emf", ".wmf", ".tif", ".tiff", ".png", ".gif", ".ico")
"""Parts that shrink a lot without a trick, and are never looked into."""
_XML_NAMES = (".xml", ".rels", ".opf", ".ncx")
_PROLOG = 64 * 1024
_DECLARED_TYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)")


def open_archive(source: Source, program: str) -> zipfile.ZipFile:
    """The parts of a file, when none of them is a bomb, a trap or a secret. ``program`` is what can save it anew."""
    data, again = source.data, f"save it again from {program}."
    if data.startswith(_OLD_OFFICE):
        if _ENCRYPTED_PACKAGE in data:
            raise source.refused("it is protected by a password; save a copy without one.")
        raise source.refused(f"it is in an old Office format under a new name; {again}")
    if not data.startswith(b"PK"):
        raise source.refused(f"it is not what its name says; {again}")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError):
        raise source.refused(f"it is damaged or cut off; {again}") from None
    _check_directory(archive, source, again)
    return archive


def _check_directory(archive: zipfile.ZipFile, source: Source, again: str) -> None:
    limits, parts = source.limits, archive.infolist()
    if len(parts) > limits.max_entries:
        raise source.refused(f"it has {len(parts)} parts inside, the limit is {limits.max_entries}; {again}")
    if len({part.filename for part in parts}) < len(parts):
        raise source.refused(f"two parts inside it have the same name; {again}")
    # The library never unpacks more of a part than its directory says.
    total = sum(part.file_size for part in parts)
    if total > limits.max_unpacked_bytes:
        sizes = f"{total // 2**20} MB, the limit is {limits.max_unpacked_bytes // 2**20} MB"
        raise source.refused(f"it unpacks to {sizes}; split it into smaller files.")
    for part in parts:
        _check_part(archive, part, source, again)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, source: Source, again: str) -> None:
    name = part.filename
    if part.flag_bits & 0x1:
        raise source.refused("it is protected by a password; save a copy without one.")
    if name.startswith(("/", "\\")) or re.search(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[A-Za-z]:", name):
        raise source.refused(f"a part inside it has a name that leads outside; {again}")
    lower = name.lower()
    ratio = part.file_size // max(part.compress_size, 1)
    if part.file_size > _SMALL and ratio > source.limits.max_ratio and not lower.endswith(_PICTURE_NAMES):
        raise source.refused(
            f"a part of it unpacks to {ratio} times its size, the limit is {source.limits.max_ratio}; {again}"
        )
    head = _head(archive, part, _PROLOG if lower.endswith(_XML_NAMES) else 8, source, again)
    nested = lower.endswith(_ARCHIVE_NAMES) or head.startswith(_ARCHIVE_MARKS)
    if nested and not lower.endswith(_OFFICE_NAMES):
        raise source.refused("it holds another archive; take that out, and put its files here.")
    if lower.endswith(_XML_NAMES) and _DECLARED_TYPE.search(head.replace(b"\0", b"")):
        raise source.refused(f"its XML declares entities or a type of its own, which may hide a bomb; {again}")


def _head(archive: zipfile.ZipFile, part: zipfile.ZipInfo, length: int, source: Source, again: str) -> bytes:
    if part.is_dir() or not part.file_size:
        return b""
    try:
        with archive.open(part) as file:
            return file.read(length)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError):
        raise source.refused(f"it is damaged or cut off; {again}") from None


def read_part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of a part; ``None`` where there is none of this name."""
    try:
        return archive.read(name)
    except KeyError:
        return None
