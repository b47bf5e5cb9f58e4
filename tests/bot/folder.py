"""A knowledge folder small enough to know by heart. Its countries, figures and offices are made up or made simple."""

from collections.abc import Mapping
from pathlib import Path

DOCUMENTS: Mapping[str, str] = {
    "country/kazakhstan.md": """---
id: kz-card
title: "Kazakhstan: country card"
lang: en
countries: [KZ]
issuer: Test desk
as_of: 2026-06-30
source_url: https://example.org/kz
---
# Kazakhstan: country card

## Tax

The value added tax rate in Kazakhstan is 16 percent since 1 January 2026. Corporate income tax is 20 percent.

## Investment contracts

Kazakhstan offers three kinds of investment contract:

- the investment agreement
- the agreement on investment obligations
- the simplified contract

An application is decided within 45 days.
""",
    "country/uzbekistan.md": """---
id: uz-card
title: "Uzbekistan: country card"
lang: en
countries: [UZ]
issuer: Test desk
---
# Uzbekistan: country card

## Tax

The value added tax rate in Uzbekistan is 12 percent. Small firms pay a turnover tax of 4 percent.

## Visas

Citizens of China may stay in Uzbekistan for 30 days without a visa.
""",
    "country/uzbekistan.ru.md": """---
id: uz-card-ru
title: "Узбекистан: страновая справка"
lang: ru
countries: [UZ]
issuer: Тестовый отдел
---
# Узбекистан: страновая справка

## Регистрация предприятия

Предприятие с иностранным капиталом в Узбекистане регистрируется за два рабочих дня. Минимальный уставный капитал составляет 400 миллионов сумов.

## Свободные зоны

Участники свободных экономических зон освобождаются от земельного налога на десять лет.
""",
    "procedures/filing.zh.md": """---
id: odi-filing
title: 境外投资备案办事指南
lang: zh
direction: out
issuer: 测试司
---
# 境外投资备案办事指南

## 办理时限

商务部门自收到《备案表》之日起3个工作日内办结备案。逾期未补正材料的，视为撤回申请。

## 所需材料

企业办理境外投资备案应当提交以下材料：

- 境外投资备案表
- 营业执照复印件
- 投资决策文件
- 真实性承诺书
""",
    "law/batteries-2020.md": """---
id: battery-rules-2020
title: Battery Rules 2020
lang: en
status: superseded
superseded_by: [battery-rules-2025]
date_effective: 2020-03-01
---
# Battery Rules 2020

## Deposit

Under the Battery Rules of 2020 the deposit on an industrial battery was 50 euros.
""",
    "law/batteries-2025.md": """---
id: battery-rules-2025
title: Battery Rules 2025
lang: en
status: in_force
supersedes: [battery-rules-2020]
date_effective: 2025-03-01
---
# Battery Rules 2025

## Deposit

The deposit on an industrial battery is 80 euros since 1 March 2025. It is paid back when the battery is returned.
""",
    "law/hydrogen-2027.md": """---
id: hydrogen-2027
title: Hydrogen Decree
lang: en
status: not_yet_in_force
date_effective: 2027-01-01
---
# Hydrogen Decree

Every electrolyser above 10 megawatts must be certified by the Hydrogen Office.
""",
    "risk/secret.md": """---
title: Staff only memo
lang: en
access: staff
---
# Staff only memo

The unpublished penalty for late zirconium paperwork is 777 crowns.
""",
}


def fill(folder: Path, documents: Mapping[str, str]) -> Path:
    """Writes documents into a folder, making it."""
    for name, text in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
