import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from retrieval.errors import UnreadableFileError
from retrieval.limits import ReadLimits
from retrieval.readers import ocr
from retrieval.readers.pdf import read_pdf
from retrieval.readers.sandbox import Sandbox
from retrieval.readers.source import Content, Source

ENGLISH = [
    "The customs office examines every declaration",
    "that it receives before the end of the month,",
    "and tells the importer in writing whether the",
    "reduced rate of three percent applies to them.",
]
RUSSIAN = [
    "Таможенный орган рассматривает каждую декларацию",
    "до конца месяца и письменно сообщает импортёру,",
    "применяется ли пониженная ставка пошлины в три",
    "процента к его товарам, ввозимым в страну.",
]
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
READS = replace(ReadLimits(), ocr=True)


def models() -> frozenset[str]:
    program = shutil.which("tesseract")
    return ocr._models(program) if program else frozenset()


needs_tesseract = pytest.mark.skipif(
    not {"eng", "rus", "osd"} <= models() or not FONT.is_file(),
    reason="OCR IS NOT TESTED: apt-get install tesseract-ocr tesseract-ocr-rus fonts-dejavu-core",
)


def scan(*pages: list[str]) -> bytes:
    """A PDF of pictures of text."""
    font = ImageFont.truetype(str(FONT), 40)
    pictures = []
    for lines in pages:
        picture = Image.new("L", (1240, 1754), 255)
        for number, line in enumerate(lines):
            ImageDraw.Draw(picture).text((80, 150 + 60 * number), line, font=font, fill=0)
        pictures.append(picture)
    file = BytesIO()
    pictures[0].save(file, "PDF", resolution=150, save_all=True, append_images=pictures[1:])
    return file.getvalue()


def read(data: bytes, limits: ReadLimits = READS, language: str | None = None) -> Content:
    return read_pdf(Source("law/a.pdf", data, limits, language=language))


def refusal(data: bytes, limits: ReadLimits = READS, language: str | None = None) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(data, limits, language)
    assert caught.value.reason.endswith(".")
    return caught.value.reason


@needs_tesseract
def test_scanned_pages_are_read_with_their_numbers_when_switched_on() -> None:
    data = scan(ENGLISH, ENGLISH)
    content = read(data)
    assert [block.page for block in content.blocks] == [1, 2]
    assert content.blocks[0].text == " ".join(ENGLISH)
    assert content.warnings == ("2 scanned pages were read by OCR (eng); check names and numbers against the file",)
    assert "no text on any of 2 pages; it is probably a scan" in refusal(data, ReadLimits())


@needs_tesseract
@pytest.mark.parametrize("language", [None, "ru"])
def test_cyrillic_is_never_read_as_latin(language: str | None) -> None:
    assert read(scan(RUSSIAN), language=language).blocks[0].text.startswith("Таможенный орган рассматривает")
    assert "scan shows Cyrillic letters but its card says 'en'" in refusal(scan(RUSSIAN), language="en")


@needs_tesseract
def test_missing_data_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_models", lambda program: frozenset(("eng", "osd")))
    told = refusal(scan(RUSSIAN))
    assert "no text on its one page; it is probably a scan. It is a scan that needs the OCR data 'rus'" in told
    assert "install tesseract-ocr-rus" in told


@needs_tesseract
@pytest.mark.slow
def test_each_page_may_have_a_script_of_its_own_and_one_in_doubt_stops_none() -> None:
    noise = ["/\\|_ .:;~ ^^ ){ ][ <>< /\\/ iIl1|! ,.,. ~~"] * 4
    content = read(scan(ENGLISH, noise, RUSSIAN, ENGLISH))
    assert [block.page for block in content.blocks] == [1, 3, 4]
    assert content.warnings[0].startswith("3 scanned pages were read by OCR (eng, rus)")
    assert content.warnings[1].startswith("scanned page 2: OCR is not sure of its letters")


@needs_tesseract
def test_pages_beyond_the_limit_are_counted() -> None:
    content = read(scan(ENGLISH, ENGLISH), replace(READS, ocr_pages=1))
    assert content.warnings[1] == "1 scanned pages were not read; save the file as searchable PDF, or split it"


@needs_tesseract
@pytest.mark.slow
def test_the_sandbox_reads_scans_too(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(scan(ENGLISH))
    with Sandbox(READS) as sandbox:
        assert "reduced rate of three percent" in sandbox.read(path, "law/a.pdf").text


def test_without_tesseract_the_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "_PATH", "/nonexistent")
    picture = BytesIO()
    Image.new("L", (300, 300), 255).save(picture, "PDF")
    assert "OCR is switched on but tesseract is not installed; install it" in refusal(picture.getvalue())
