import datetime as dt

import pytest

from retrieval.readers.number_format import shown_value


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.125, "0%", "13%"),
        (0.125, "0.0 %", "12.5 %"),
        (1234567, "#,##0", "1234567"),
        (1234.5, "$#,##0.00", "$1234.50"),
        (-3, "#,##0;(#,##0)", "(-3)"),
        (2_500_000, '0.0,,"m"', "2.5m"),
        (5, '0" ; kg"', "5 ; kg"),
        (7, "[Red]0.0", "7.0"),
        (1.5e-7, "0.00E+00", "0.00000015"),
        (0.5, "# ?/?", "0.5"),
        (123456789012.0, "General", "123456789012"),
        (2.0, "@", "2"),
        (dt.datetime(2024, 5, 6, 7, 8), "yyyy", "2024-05-06 07:08"),
        (dt.datetime(2024, 5, 6), "yyyy", "2024-05-06"),
        (dt.time(7, 8), "hh:mm", "07:08"),
        (dt.timedelta(hours=30), "[h]:mm", "30:00"),
        (False, "General", "FALSE"),
        (None, "General", ""),
        ("text", "0.00", "text"),
    ],
)
def test_a_value_is_shown_as_its_reader_sees_it(value: object, number_format: str, text: str) -> None:
    assert shown_value(value, number_format) == text
