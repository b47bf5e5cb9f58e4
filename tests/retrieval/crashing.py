"""A child of ``test_crash``: syncs a folder again and again, changing it between, until it is killed.

``python -m tests.retrieval.crashing FOLDER DATA SEED``. It prints a line when it is ready and after every sync.
"""

import random
import sys
from pathlib import Path

from retrieval.knowledge_base import KnowledgeBase
from tests.fakes import HashEmbedder

SENTENCES = {
    "en": "The fee of office number {n} is {v} euros and it is paid within {v} days.",
    "ru": "Сбор отдела номер {n} составляет {v} рублей и уплачивается в течение {v} дней.",
    "zh": "第{n}办事处的收费标准为每件{v}元，应在{v}个工作日内缴纳。",
}


def change(folder: Path, draw: random.Random) -> None:
    """What staff might do in a busy minute: files saved, renamed, deleted."""
    for _ in range(draw.randint(1, 12)):
        number = draw.randrange(40)
        language = draw.choice(sorted(SENTENCES))
        path = folder / f"{language}-{number}.md"
        action = draw.random()
        if action < 0.7 or not path.exists():
            sections = (
                f"## {part}\n\n{SENTENCES[language].format(n=number, v=draw.randrange(10_000))}\n"
                for part in range(draw.randint(1, 6))
            )
            draft = path.with_suffix(".tmp")
            draft.write_text(f"---\ntitle: {language} {number}\nlang: {language}\n---\n" + "\n".join(sections))
            draft.replace(path)
        elif action < 0.85:
            path.unlink()
        else:
            path.replace(folder / f"{language}-{draw.randrange(40)}.md")


def main(folder: Path, data: Path, seed: int) -> None:
    draw = random.Random(seed)
    base = KnowledgeBase.open_folder(folder, data, embedder=HashEmbedder())
    print("ready", flush=True)
    while True:
        change(folder, draw)
        base.sync(allow_removals=True)
        print("synced", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
