"""Words that a writer may put for each other without saying anything else. Few, and of this field."""

_GROUPS = (
    "enterprise company firm business undertaking",
    "start begin commence", "since from", "show present", "rule provision regulation", "investor investors",
    "document paper file", "submit file lodge", "apply use hold cover",
    "authority agency", "foreign overseas abroad", "list catalogue", "rate level", "goods products",
    "licence license", "duty obligation", "amount sum", "period term", "country state",
    "предприятие компания фирма организация", "начать начинать", "документ бумага", "подать подавать представить",
    "применяется действует распространяется", "составляет равна равен равно", "страна государство", "правила положения", "срок период",
    "товар продукция", "орган ведомство", "зарубежный иностранный внешний",
    "企业 公司 单位", "办理 完成 办结", "施行 实施 生效", "规定 条例 办法", "提交 报送 递交", "期限 时限", "产品 货物 商品", "国家 国", "境外 海外 国外 对外", "文件 材料", "适用 覆盖 涵盖",
    "许可证 许可", "义务 责任", "主管部门 主管机关 机关",
)  # fmt: skip


def groups() -> tuple[tuple[str, ...], ...]:
    """Groups of words of one language that mean much the same."""
    return tuple(tuple(group.split()) for group in _GROUPS)
