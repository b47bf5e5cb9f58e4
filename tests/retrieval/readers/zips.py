"""Zip files with chosen parts, for formats that are one inside."""

import zipfile
from collections.abc import Mapping
from io import BytesIO


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of the given parts."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(data: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """The same archive with some parts replaced or added."""
    return zipped({**parts_of(data), **parts})


def parts_of(data: bytes) -> dict[str, str | bytes]:
    """All parts of an archive."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
