"""The reference of the HTTP interface, laid out from its own OpenAPI description; no script, no foreign host."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter or a field of a body."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    summary: str
    description: str
    takes: tuple[Value, ...]
    gives: tuple[Value, ...]
    answers: tuple[tuple[str, str], ...]


def operations(openapi: Mapping[str, Any]) -> list[Operation]:
    """Every operation of an OpenAPI document, in its order."""
    schemas = openapi.get("components", {}).get("schemas", {})
    return [
        Operation(
            method=method.upper(),
            path=path,
            summary=operation.get("summary", ""),
            description=operation.get("description", ""),
            takes=(*_parameters(operation, schemas), *_fields(operation.get("requestBody", {}), schemas)),
            gives=tuple(_fields(operation["responses"].get("200", {}), schemas)),
            answers=tuple((status, response["description"]) for status, response in operation["responses"].items()),
        )
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]


def _parameters(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Value]:
    for parameter in operation.get("parameters", ()):
        yield Value(
            parameter["name"],
            _kind(parameter.get("schema", {}), schemas),
            bool(parameter.get("required")),
            parameter.get("description", ""),
        )


def _fields(message: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Value]:
    """The fields of a JSON body, those of nested objects after a dot."""
    schema = message.get("content", {}).get("application/json", {}).get("schema", {})
    yield from _schema_fields(_resolve(schema, schemas), schemas, "")


def _schema_fields(schema: Mapping[str, Any], schemas: Mapping[str, Any], prefix: str) -> Iterator[Value]:
    for name, field in schema.get("properties", {}).items():
        yield Value(
            prefix + name, _kind(field, schemas), name in schema.get("required", ()), field.get("description", "")
        )
        if "$ref" in field.get("items", {}):
            yield from _schema_fields(_resolve(field["items"], schemas), schemas, f"{prefix}{name}[].")


def _resolve(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    resolved: Mapping[str, Any] = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return resolved


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_kind(option, schemas) for option in schema["anyOf"])
    if "$ref" in schema:
        choices = _resolve(schema, schemas).get("enum", ())
        return " | ".join(map(str, choices)) or "object"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}), schemas)}"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return str(schema.get("const") or schema.get("format") or schema.get("type", ""))
