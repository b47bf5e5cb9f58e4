"""What a statement in another language than its source may say beyond it: a claim added, a noun put for another."""

import re
from collections.abc import Iterator

_ADDED = {
    "en": (
        ", the highest in the world",
        " because coal prices rose",
        ", which is best for investors",
        " and is provided free of charge by the government",
        ", which led many companies into bankruptcy",
        ", as most experts agree",
        ", as the director said",
        ", but will soon be repealed",
        " and gives a right to tax benefits",
        ", and no other documents are needed",
    ),
    "zh": (
        "，是世界上最高的",
        "，因为煤炭价格上涨",
        "，对投资者最有利",
        "，由政府免费提供",
        "，比其他国家更快",
        "，导致许多企业破产",
        "，大多数专家表示赞成",
        "，但即将被废止",
        "，并可获得税收优惠",
        "，且无需任何其他文件",
    ),
    "ru": (
        ", что является самым высоким показателем в мире",
        ", потому что цены на уголь выросли",
        ", что наиболее выгодно для инвесторов",
        " и предоставляется бесплатно государством",
        ", что привело к банкротству многих компаний",
        ", большинство экспертов это одобряют",
        ", как сказал директор",
        ", но скоро будет отменено",
        " и дает право на налоговые льготы",
        ", и никаких других документов не нужно",
    ),
}
_SWAPPED = {
    "en": "companies/universities company/university enterprises/banks banks/insurers project/park projects/parks investment/trade energy/agriculture solar/wind "
    "goods/services water/coal application/contract data/currency agreement/dispute ministry/court environmental/military bonds/shares foreign/domestic days/months land/sea",
    "zh": "企业/银行 项目/园区 投资/贸易 环境/安全 能源/农业 太阳能/风能 增值税/所得税 政府/议会 出口/进口 商品/服务 公司/大学 绿色/军事 水/煤 申请/合同 数据/货币 银行/保险公司 合作/竞争 协定/争端 债券/股票",
    "ru": "предприятия/банки предприятий/банков компании/университеты компаний/университетов проект/парк инвестиции/торговля энергии/торговли экспорт/импорт товары/услуги товаров/услуг "
    "соглашение/спор закон/спор данные/деньги данных/денег воды/угля",
}


def added(text: str, language: str) -> Iterator[str]:
    """The statement with a claim behind it that no source makes."""
    end = "。" if language == "zh" else "."
    stem = text.rstrip(" .。;；")
    yield from (f"{stem}{claim}{end}" for claim in _ADDED[language])


def swapped(text: str, language: str) -> Iterator[str]:
    """The statement with one noun put for another."""
    for pair in _SWAPPED[language].split():
        one, other = pair.split("/")
        pattern = re.escape(one) if language == "zh" else rf"(?<!\w){one}(?!\w)"
        found = re.sub(pattern, other, text)
        if found != text:
            yield found
