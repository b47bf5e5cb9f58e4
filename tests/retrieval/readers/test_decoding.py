import codecs

import pytest

from retrieval.readers.decoding import DecodingError, decode

CHINESE = "绿色金融是指为支持环境改善、应对气候变化和资源节约高效利用的经济活动所提供的金融服务。企业可以向当地的部门提出申请。"
TRADITIONAL = "綠色金融是指為支持環境改善、應對氣候變化和資源節約高效利用的經濟活動所提供的金融服務。企業可以向當地的部門提出申請。"
RUSSIAN = (
    "Налоговая ставка для иностранных инвесторов составляет десять процентов. Срок подачи заявления — тридцать дней."
)
FRENCH = "Le taux réduit s'applique aux entreprises étrangères dès l'année prochaine; la dérogation reste très limitée."
POLISH = "Spółka może złożyć wniosek o zwolnienie z podatku, jeżeli zatrudnia pracowników w strefie ekonomicznej."
CZECH = "Žádost o osvobození od daně může podat společnost, která v zóně zaměstnává nejméně deset pracovníků."
TURKISH = (
    "Yabancı yatırımcılar için vergi oranı yüzde ondur; başvuru süresi otuz gündür ve uzatılmaz. Değişiklik açıktır."
)
JAPANESE = "ねじ止め端子であることを確認してください。ケーブル関係の規格は次のとおりです。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
        (TRADITIONAL, "big5"),
        (CHINESE, "utf-16-le"),
        (RUSSIAN, "utf-16-be"),
        (FRENCH, "utf-16-le"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN.replace("—", "-"), "cp866"),
        (RUSSIAN.replace("—", "-"), "koi8-r"),
        (FRENCH, "cp1252"),
        (FRENCH, "latin-1"),
        (POLISH, "cp1250"),
        (CZECH, "cp1250"),
        (TURKISH, "cp1254"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_text_comes_back_from_every_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_is_believed_and_left_out(mark: bytes, encoding: str) -> None:
    assert decode(mark + CHINESE.encode(encoding)).text == CHINESE


def test_short_russian_in_capitals_is_not_taken_for_another_encoding() -> None:
    assert decode("ПРИКАЗ О НАЛОГАХ".encode("cp1251")).text == "ПРИКАЗ О НАЛОГАХ"


def test_what_a_page_declares_is_tried_first() -> None:
    data = "Δασμοί και φόροι".encode("iso8859-7")
    assert decode(data, declared="iso8859-7").text == "Δασμοί και φόροι"


def test_a_declared_encoding_that_does_not_exist_is_ignored() -> None:
    assert decode(RUSSIAN.encode("cp1251"), declared="x-none").text == RUSSIAN


def test_a_text_cut_within_a_character_is_still_utf8() -> None:
    decoded = decode((CHINESE * 3).encode()[:-1])
    assert decoded.text == (CHINESE * 3)[:-1]
    assert decoded.lost == 2


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 40, b"\x00\x01\x02\x03" * 500, b"text\x01\x02\x03\x04\x05\x06" * 99]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DecodingError, match="save it as UTF-8"):
        decode(data)


def test_a_stray_zero_does_not_make_a_text_one_of_two_bytes() -> None:
    text = "The import duty on zirconium sponge is 7 percent. Пошлина составляет семь процентов. 关税为百分之七。"
    decoded = decode(text.encode().replace(b"is 7", b"is\0 7"))
    assert (decoded.text, decoded.encoding, decoded.lost) == (text, "utf-8", 1)
    chinese = "关于印发《对外投资管理办法》的通知，自二〇二六年七月一日起施行。\n" * 20
    assert decode(chinese.encode("utf-16-le")).text == chinese
