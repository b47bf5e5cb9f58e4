"""True sentences put where a passage does not say them: into a question, and under an introduction that denies or bounds them."""

import random
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.mutants import Mutant, Truth

_ANSWERS = {
    "en": ("No.", "Only in some cases.", "It costs 40 crowns."),
    "zh": ("不是。", "只在个别情况下。", "费用为40元。"),
    "ru": ("Нет.", "Только в отдельных случаях.", "Это стоит 40 рублей."),
}
_INTRODUCTIONS = {
    "en": (
        "The following statements are wrong:",
        "The following is prohibited:",
        "Companies need not observe this:",
        "This holds only if one of the following is met:",
        "The draft proposes:",
    ),
    "zh": ("下列说法有误：", "不得有下列行为：", "企业无须办理下列事项：", "有下列情形之一的除外：", "草案提出："),
    "ru": (
        "Следующие утверждения неверны:",
        "Запрещается следующее:",
        "Компании не обязаны делать следующее:",
        "Это верно, только если выполнено одно из условий:",
        "Проект предлагает:",
    ),
}


def misplaced(truth: Truth, language: str, chance: random.Random) -> Iterator[Mutant]:
    """The statement beside a passage that asks it, and beside one that lists it under "the following is wrong"."""
    said = truth.text.rstrip(" .。;；")
    if truth.reworded or ":" in said or "：" in said or "\n" in said:
        return
    mark = "？" if language == "zh" else "?"
    gap = "" if language == "zh" else " "
    asked = f"{said}{mark}{gap}{chance.choice(_ANSWERS[language])}"
    yield Mutant("question made a statement", truth.text, _in(truth, asked))
    listed = f"{chance.choice(_INTRODUCTIONS[language])}\n- {truth.text}"
    yield Mutant("item without its introduction", truth.text, _in(truth, listed))


def _in(truth: Truth, text: str) -> Truth:
    return replace(truth, hit=replace(truth.hit, passage=replace(truth.hit.passage, text=text)))
