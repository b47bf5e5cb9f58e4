"""What staff say about a document in its front matter or sidecar, checked field by field.

The vocabulary follows schema.org's ``Legislation`` where it has a word for the thing. A field with a wrong value is left
out and reported with its line and the allowed values; it never stops the document from being answered from.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import yaml

CATEGORIES = ("country", "policy", "law", "procedures", "market", "risk", "finance", "events", "cooperation")
"""The first folders of the knowledge folder."""

SIDECAR_SUFFIX = ".yaml"
"""``rates.pdf.yaml`` is the card of ``rates.pdf``."""

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
COUNTRY = re.compile(r"(?!XX$)[A-Z]{2}(-[A-Z0-9]{1,3})?")

TOPIC_OF_CATEGORY = {
    "country": "country_conditions",
    "policy": "policy_interpretation",
    "law": "business_law",
    "procedures": "procedures",
    "market": "market_conditions",
    "risk": "risk_prevention",
    "finance": "finance",
    "events": "exchange_activities",
    "cooperation": "cooperation_needs",
}
TOPICS = (*TOPIC_OF_CATEGORY.values(), "technology")
KINDS = tuple(
    (
        "law regulation rule opinion_guidance plan standard agreement notice interpretation country_card "
        "market_note risk_alert procedure_guide project_entry event contact_sheet product_sheet "
        "technology_sheet case training briefing faq dataset "
    ).split()
)
SECTORS = tuple(
    (
        "green_energy grid_storage hydrogen transport_nev building_city environmental_services "
        "circular_economy manufacturing materials_metals agriculture_forestry digital_ai finance_insurance "
        "logistics_ecommerce professional_services cross_sector "
    ).split()
)
AUDIENCES = tuple(("exporter investor developer park legal finance inbound_firm embassy public staff ").split())
REGIONS = ("EU", "ASEAN", "SCO", "EAEU", "GCC", "AFRICAN_UNION", "CENTRAL_ASIA", "CEE", "GLOBAL")
DIRECTIONS = ("out", "in", "both")
SOURCE_TYPES = ("official", "commentary", "news", "house")
CONFIDENCES = ("A", "B", "C")


class Status(StrEnum):
    """The legal force of a text, as its editor states it."""

    IN_FORCE = "in_force"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    PARTLY_IN_FORCE = "partly_in_force"
    AMENDED = "amended"
    REPEALED = "repealed"
    SUPERSEDED = "superseded"
    DRAFT = "draft"
    PROPOSAL = "proposal"
    ANNOUNCED = "announced"
    EXPIRED = "expired"
    NOT_APPLICABLE = "not_applicable"


class Access(StrEnum):
    """Who may read a document. Only ``public`` ones are answered from."""

    PUBLIC = "public"
    MEMBER = "member"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something staff should mend in a file: a sentence, and the line it is about where that is known."""

    message: str
    line: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The card of a document. Everything has a default, because a file without front matter is a document too."""

    title: str = ""
    key: str | None = None
    """The editor's stable ``id``, by which documents name each other; not the document's id, which is its path."""
    language: str | None = None
    translation_of: str | None = None
    summary: str | None = None
    topic: str | None = None
    topics_also: tuple[str, ...] = ()
    kind: str | None = None
    countries: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    direction: str | None = None
    sectors: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    issuer: str | None = None
    doc_number: str | None = None
    authority: int | None = None
    """1 law … 8 house note; the lower number wins when two texts disagree."""
    date_issued: dt.date | None = None
    date_published: dt.date | None = None
    date_effective: dt.date | None = None
    date_expires: dt.date | None = None
    status: Status | None = None
    supersedes: tuple[str, ...] = ()
    superseded_by: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    as_of: dt.date | None = None
    review_by: dt.date | None = None
    confidence: str | None = None
    source_url: str | None = None
    source_type: str | None = None
    access: Access = Access.PUBLIC
    version: str | None = None
    keywords: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    """Questions the document answers, offered to visitors as examples."""
    contact: str | None = None
    start: str | None = None
    end: str | None = None
    tz: str | None = None
    place: str | None = None
    register_by: str | None = None
    url: str | None = None
    extra: tuple[tuple[str, str], ...] = ()
    """Fields of a kind that the product only shows: ``stage``, ``min_amount``, ``unit`` and the like."""

    @property
    def date(self) -> dt.date | None:
        """The one date to show beside the title: when it was issued, else published, in force, or last known true."""
        return self.date_issued or self.date_published or self.date_effective or self.as_of


_YAML_NAMES = {"id": "key", "lang": "language"}
_EXTRA_FIELDS = frozenset(
    (
        "industry_code project_id stage amount currency wanted offered valid_until consent provider "
        "min_amount eligibility green inclusive risk_type severity from until unit period "
    ).split()
)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "topic": TOPICS,
    "topics_also": TOPICS,
    "kind": KINDS,
    "sectors": SECTORS,
    "audience": AUDIENCES,
    "direction": DIRECTIONS,
    "source_type": SOURCE_TYPES,
    "confidence": CONFIDENCES,
    "status": tuple(Status),
    "access": tuple(Access),
}
_TUPLES = frozenset(f.name for f in fields(Metadata) if str(f.type).startswith("tuple") and f.name != "extra")
_DATES = frozenset(f.name for f in fields(Metadata) if "datetime.date" in str(f.type))


class FrontMatterError(ValueError):
    """The front matter is not YAML, or not a list of fields; the message says where."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Raw fields as YAML gives them, with the line each stands on."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]

    @staticmethod
    def none() -> "Fields":
        """No front matter."""
        return Fields({}, {})


_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


def split_front_matter(text: str) -> tuple[Fields, str]:
    """Cuts ``---`` fenced YAML off the head of a text.

    Raises:
        FrontMatterError: the fence is there but what it holds cannot be read.
    """
    head = _FENCE.match(text)
    if head is None:
        if re.match(r"\A\ufeff?---[ \t]*\r?\n\w+:", text):
            raise FrontMatterError("the front matter begins with --- on line 1 but no second --- line closes it")
        return Fields.none(), text.removeprefix("\ufeff")
    return read_fields(head.group(1), first_line=2), text[head.end() :]


def read_fields(source: str, *, first_line: int = 1) -> Fields:
    """YAML fields with the line of each, counted from ``first_line``.

    Raises:
        FrontMatterError: not YAML, or not a mapping at the top.
    """
    try:
        # The safe loader builds plain values only, whatever tags the text carries.
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        if node is None:
            return Fields.none()
        if not isinstance(node, yaml.MappingNode):
            raise FrontMatterError(f"line {first_line}: front matter is a list of 'field: value' lines")
        lines = {str(key.value): key.start_mark.line + first_line for key, _ in node.value}
        values = yaml.load(source, Loader=_TextLoader)  # noqa: S506 a subclass of SafeLoader
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + first_line
        raise FrontMatterError(
            f"line {line}: the front matter is not valid YAML ({error.problem}); put quotes around values with a colon"
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FrontMatterError(f"the front matter is not valid YAML ({error})") from error
    return Fields({str(name): value for name, value in values.items()}, lines)


class _TextLoader(yaml.SafeLoader):
    """Safe YAML in which ``NO`` is Norway and ``12:30`` is no number: only null is special, all else stays text."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def check_fields(raw: Fields, *, category: str | None = None) -> tuple[Metadata, tuple[Finding, ...]]:
    """Turns raw fields into a card, and says of each wrong one what is allowed."""
    findings: list[Finding] = []
    known: dict[str, Any] = {}
    extra: list[tuple[str, str]] = []
    names = {f.name for f in fields(Metadata)} - {"extra"}
    for yaml_name, value in raw.values.items():
        name = _YAML_NAMES.get(yaml_name, yaml_name)
        line = raw.lines.get(yaml_name)
        if value is None or value == "" or value == []:
            continue
        if yaml_name in _EXTRA_FIELDS:
            extra.append((yaml_name, _one_line(value)))
        elif name not in names:
            findings.append(Finding(f"unknown field '{yaml_name}'; it is ignored", line))
        else:
            try:
                known[name] = _checked(name, value)
            except ValueError as error:
                findings.append(Finding(f"{yaml_name}: {error}", line))
                if name == "access":
                    known[name] = Access.STAFF  # what was meant to be held back is never shown by a slip
    if category in TOPIC_OF_CATEGORY:
        known.setdefault("topic", TOPIC_OF_CATEGORY[category])
    return Metadata(**known, extra=tuple(extra)), tuple(findings)


def _checked(name: str, value: Any) -> Any:
    if name in _TUPLES:
        items = value if isinstance(value, list) else [value]
        return tuple(_checked_item(name, _one_line(item)) for item in items)
    if isinstance(value, (list, dict)):
        raise ValueError("takes one value, not a list")
    return _checked_item(name, _one_line(value))


def _checked_item(name: str, value: str) -> Any:
    if name in _DATES:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"'{value}' is not a date; write it as 2026-07-31") from None
    if name == "authority":
        if value not in set("12345678"):
            raise ValueError(f"'{value}' is not allowed; allowed: 1 (law) to 8 (house note)")
        return int(value)
    if name == "countries" and not COUNTRY.fullmatch(value):
        raise ValueError(f"'{value}' is not an ISO 3166 code such as KZ or CN-BJ")
    if name == "region" and value not in REGIONS and not value.startswith("CORRIDOR_"):
        raise ValueError(f"'{value}' is not allowed; allowed: {', '.join(REGIONS)}, CORRIDOR_<name>")
    if name == "language" and not LANGUAGE.fullmatch(value):
        raise ValueError(f"'{value}' is not a language code such as en, zh or ru")
    if name == "source_url" and not re.match(r"https?://[^\s<>\"]+$", value):
        raise ValueError(f"'{value}' is not a web address that starts with https:// or http://")
    allowed = _CHOICES.get(name)
    if allowed is not None and value not in allowed:
        raise ValueError(f"'{value}' is not allowed; allowed: {', '.join(allowed)}")
    if name == "status":
        return Status(value)
    return Access(value) if name == "access" else value


def _one_line(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_one_line(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_one_line(item) for item in value)
    return " ".join(str(value).split())


def missing_fields(metadata: Metadata, given: Iterable[str]) -> tuple[Finding, ...]:
    """What an editor should add or put right, beyond values that are wrong in themselves."""
    present = set(given)
    found = [
        Finding(f"no '{name}' in the front matter")
        for name in ("topic", "countries", "lang", "as_of", "review_by")
        if name not in present and not (name == "countries" and "region" in present)
    ]
    if metadata.kind == "event" and metadata.tz is None:
        found.append(Finding("an event needs 'tz', such as Asia/Shanghai"))
    if metadata.confidence == "C" and metadata.access is Access.PUBLIC:
        found.append(Finding("confidence C is public; check the source or set 'access: staff'"))
    if metadata.source_type == "commentary" and metadata.kind == "law":
        found.append(Finding("a law known from commentary; find the official text"))
    return tuple(found)


def contradictions(metadata: Metadata, today: dt.date) -> tuple[Finding, ...]:
    """Statements of the card that cannot all be true on ``today``."""
    found = []
    if metadata.status is Status.IN_FORCE:
        if metadata.date_effective and metadata.date_effective > today:
            found.append(Finding(f"status is in_force but date_effective {metadata.date_effective} is in the future"))
        if metadata.date_expires and metadata.date_expires < today:
            found.append(Finding(f"status is in_force but date_expires {metadata.date_expires} has passed"))
        if metadata.superseded_by:
            found.append(Finding(f"status is in_force but superseded_by names {', '.join(metadata.superseded_by)}"))
    if metadata.review_by and metadata.review_by < today:
        found.append(Finding(f"review_by {metadata.review_by} has passed; check the text and set a new date"))
    if metadata.date_effective and metadata.date_expires and metadata.date_expires < metadata.date_effective:
        found.append(Finding("date_expires is before date_effective"))
    return tuple(found)
