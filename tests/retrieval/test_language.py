"""Which language a text is in, and the words it is found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import content_words, detect_language, fold, fold_each, script_counts, stop_words, terms, words


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The value added tax rate in Kazakhstan is 16 percent since 1 January 2026."),
        ("en", "CBAM?"),
        ("en", "VAT rate Almaty Nur-Sultan 2026"),
        ("zh", "哈萨克斯坦的增值税税率是多少？"),
        ("zh", "哈薩克的增值稅稅率是多少？"),
        ("zh", "Huawei 在肯尼亚 Nairobi 的光伏项目"),
        ("ru", "Ставка налога на добавленную стоимость составляет 16 процентов."),
        ("ru", "Что такое CBAM и когда он вступает в силу?"),
        ("kk", "Қазақстанда салық мөлшерлемесі қандай?"),
        ("uk", "Яка ставка податку на додану вартість в Україні?"),
        ("ja", "ベトナムの投資法について教えてください。"),
        ("ko", "한국의 부가가치세율은 얼마입니까?"),
        ("ar", "ما هي نسبة ضريبة القيمة المضافة في مصر؟"),
        ("th", "ภาษีมูลค่าเพิ่มในประเทศไทยเท่าไหร่"),
        ("de", "Wie hoch ist der Steuersatz in Deutschland und wann wird er fällig?"),
        ("fr", "Quel est le taux de la taxe sur la valeur ajoutée en France ?"),
        ("es", "¿Cuál es el tipo impositivo en España para las empresas extranjeras?"),
        ("vi", "Thuế suất giá trị gia tăng ở Việt Nam là bao nhiêu?"),
        ("tr", "Mevzuat ve vergi oranları Türkiye'de nasıl uygulanıyor?"),
    ],
)
def test_a_sentence_is_taken_for_its_language(language: str, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "12345", "?!…", "   \n"])
def test_what_has_no_letter_is_in_the_language_one_says(text: str) -> None:
    assert detect_language(text, default="ru") == "ru"


@given(st.text(max_size=200))
def test_any_text_has_a_language_and_words(text: str) -> None:
    language = detect_language(text)
    assert language
    assert all(word and not word.isspace() for word in words(text, language))


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("1,234,567", "1 234 567", "en"),
        ("1,234,567", "1234567", "en"),
        ("1\u00a0234\u00a0567", "1234567", "ru"),
        ("1\u202f234,5", "1234.5", "ru"),
        ("3,5", "3.5", "ru"),
        ("１６％", "16%", "zh"),
        ("ＶＡＴ", "vat", "en"),
        ("增值稅稅率", "增值税税率", "zh"),
        ("備案", "备案", "zh"),
        ("companies", "company", "en"),
        ("invested", "investing", "en"),
        ("the company's", "the company", "en"),
        ("предприятия", "предприятий", "ru"),
        ("Казахстан", "Казахстане", "ru"),
        ("отчётность", "отчетность", "ru"),
        ("НАЛОГ", "налог", "ru"),
        ("Steuern", "steuer", "de"),
        ("٣٥", "35", "ar"),
        ("İhracat vergisi", "ihracat vergisi", "tr"),
        ("الضَّرِيبَة", "الضريبة", "ar"),
        ("שָׁלוֹם", "שלום", "he"),
        ("१२٫५", "12٫5", "hi"),
    ],
)
def test_two_spellings_of_one_thing_are_the_same_words(one: str, other: str, language: str) -> None:
    assert words(one, language) == words(other, language)
    assert words(one, language)


@pytest.mark.parametrize(
    ("language", "sentence", "asked"),
    [
        ("ar", "تبلغ نسبة ضريبة القيمة المضافة في مصر ١٤ بالمائة على معظم السلع.", "الضرائب المضافة 14"),
        ("tr", "Yabancı yatırımcılar, Türkiye'deki serbest bölgelerde kurumlar vergisinden muaftır.", "bölge yatırımcı vergisi"),
        ("vi", "Thuế suất thuế giá trị gia tăng đối với hàng hóa xuất khẩu là 0%.", "thuế suất hàng hóa xuất khẩu"),
        ("de", "Die Behörden erteilen die Genehmigungen innerhalb von drei Monaten.", "Behörde Genehmigung Monate"),
        ("fr", "Les sociétés étrangères doivent déclarer leurs investissements au ministère.", "société étrangère investissement"),
        ("es", "Las empresas exportadoras solicitan las licencias ante el ministerio.", "empresa exportadora licencia"),
        ("it", "Le imprese presentano le domande di autorizzazione alla regione.", "impresa domanda autorizzazioni"),
        ("pt", "As empresas estrangeiras pagam os impostos sobre os lucros.", "empresa estrangeira imposto lucro"),
        ("pl", "Zagraniczni inwestorzy składają wnioski o pozwolenia.", "zagraniczny inwestorzy pozwolenie"),
        ("hu", "A külföldi vállalatok engedélyeket kérnek a hatóságtól.", "vállalat engedély hatóság"),
        ("id", "Perusahaan asing harus melaporkan kegiatan penanaman modal.", "laporan perusahaan asing"),
        ("sr", "Страна предузећа подносе захтеве за дозволе министарству.", "предузеће захтев дозвола"),
        ("nl", "Buitenlandse bedrijven vragen de vergunningen aan bij de gemeente.", "bedrijf vergunning gemeenten"),
    ],
)  # fmt: skip
def test_a_sentence_is_found_by_other_forms_of_its_words(language: str, sentence: str, asked: str) -> None:
    missing = set(words(asked, language)) - set(words(sentence, language))
    assert len(missing) * 3 <= len(words(asked, language)), missing


def test_different_numbers_stay_different() -> None:
    spellings = ["1234", "12.34", "123.4", "1 23", "1,23", "16", "1.6"]
    assert len({tuple(words(text, "en")) for text in spellings}) == len(spellings)


def test_chinese_is_cut_into_words_long_and_short() -> None:
    assert {"增值税", "税率"} <= set(words("哈萨克斯坦的增值税税率", "zh"))
    assert {"工作日"} <= set(words("3個工作日內辦結", "zh"))


def test_scripts_side_by_side_are_cut_apart() -> None:
    assert words("CBAM规则 и правила", "zh")[:2] == ["cbam", "规则"]
    assert words("IT-компания", "ru") == [*words("it", "en"), *words("компания", "ru")]


@pytest.mark.parametrize(("language", "text"), [("ko", "부가가치세율"), ("th", "ภาษีมูลค่าเพิ่ม"), ("ja", "ベトナム")])
def test_a_script_without_a_dictionary_is_found_by_pairs(language: str, text: str) -> None:
    part = text[1:-1]
    assert set(words(part, language)) & set(words(text, language))


@pytest.mark.parametrize("word", ["मूल्य", "বাংলা", "தமிழ்", "မြန်မာ", "ភាសា"])
def test_vowel_signs_do_not_break_a_word(word: str) -> None:
    assert words(f"{word} 5", "hi")[-1] == "5"
    assert len(words(word, "hi")) == max(1, len(word) - 1), "pairs of neighbours, as in every script without a stemmer"


def test_repeats_and_order_are_kept() -> None:
    assert words("tax, land, tax", "en") == ["tax", "land", "tax"]


def test_a_question_is_about_its_content() -> None:
    assert content_words("What is the tax rate in this country?", "en") == words("tax rate country", "en")
    assert "增值税" in content_words("哈萨克斯坦的增值税是多少？", "zh")
    assert not {"的", "是", "多少"} & set(content_words("哈萨克斯坦的增值税是多少？", "zh"))
    assert content_words("Какова ставка налога?", "ru") == words("ставка налога", "ru")
    assert content_words("What is this?", "en") == [], "nothing to look for"


def test_a_list_is_part_of_a_name_behind_another_word() -> None:
    assert content_words("Which sectors are on the negative list?", "en") == ["sector", "negat", "list"]
    assert content_words("Please list the steps", "en") == ["step"]
    assert content_words("Give me a list of the steps", "en") == ["step"]


def test_stop_words_are_given_as_words_gives_them() -> None:
    for language in ("en", "zh", "ru"):
        listed = stop_words(language)
        assert "the" in listed
        assert listed >= set(words("the of what", language))


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    # What needs a second pass would be indexed one way and asked for in another.
    assert words(fold(text), "en") == words(fold(fold(text)), "en")


def test_scripts_are_counted_by_letters() -> None:
    counted = script_counts("abc где 中文 カナ 한 العربية 123 ไทย")
    assert {script: counted[script] for script in ("latin", "cyrillic", "han", "kana", "hangul", "arabic")} == {
        "latin": 3, "cyrillic": 3, "han": 2, "kana": 2, "hangul": 1, "arabic": 7,
    }  # fmt: skip
    assert counted["other"] > 0


def test_no_word_is_empty_even_where_a_stemmer_would_leave_nothing() -> None:
    for text in ("\ufdfa", "ال ة", "'s ’s", "٣٤", "ан", "罗密欧'朱丽叶"):
        for language in ("en", "ru", "ar", "zh"):
            cut = terms(text, language)
            assert all((*cut.words, *cut.parts, *cut.pairs, *words(text, language)))


@pytest.mark.parametrize(
    "forms",
    [
        "используется использовать использует",
        "возобновлена возобновить",
        "требует требовать требуется",
        "берёт берет брать",
        "начисляются начислялся",
        "Теслой Теслы Тесла",
    ],
)
def test_russian_words_are_known_in_all_their_forms(forms: str) -> None:
    assert len(set(words(forms, "ru"))) == 1


@given(st.lists(st.text()))
def test_many_texts_are_folded_as_each_alone(texts: list[str]) -> None:
    assert fold_each(texts) == [fold(text) for text in texts]


def test_addresses_say_nothing_about_the_language_of_a_text() -> None:
    sources = "mondaq.com, kostalegal.com (февраль 2025 года), kun.uz (13 мая 2025 года) и visaguide.world."
    assert detect_language(sources) == "ru"
    assert detect_language("https://example.org/a/page.html", default="zh") == "zh"


def test_an_english_question_with_a_name_in_another_script_is_english() -> None:
    assert detect_language("Узбекистан: What is the value added tax rate?") == "en"
    assert detect_language("What does 潍柴 build in the park?") == "en"
