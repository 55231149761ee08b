"""Asks the Python reference (wayflowcore and pyagentspec 26.3.1) what it makes of types and values, and prints the
answers as JSON for reference_test.go:

    python testdata/reference.py > testdata/reference.json
"""

import json
import logging
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

from pyagentspec.property import (
    json_schema_is_castable_to,
    json_schemas_have_same_type,
    value_is_of_compatible_type,
)
import wayflowcore.property
from wayflowcore.property import (
    Property,
    _cast_value_into,
    _property_can_be_casted_into_property,
    _try_cast_str_value_to_type,
)

S, I, N, B, Z = ({"type": t} for t in ("string", "integer", "number", "boolean", "null"))


def arr(items):
    return {"type": "array", "items": items}


def dic(values):
    return {"type": "object", "additionalProperties": values}


def obj(further=None, **props):
    schema = {"type": "object", "properties": props}
    if further is not None:
        schema["additionalProperties"] = further
    return schema


def any_of(*members):
    return {"anyOf": list(members)}


SCHEMAS = [
    {}, S, I, N, B, Z,
    {"type": "array"}, arr(S), arr(I), arr(N), arr(arr(I)), arr({}), arr(any_of(I, Z)),
    {"type": "array", "items": N, "x_vector_property": True},
    {"type": "object"}, dic(S), dic(I), dic({}), dic(arr(I)), dic(True), dic(False), obj(),
    obj(a=S), obj(a=I), obj(a=I, b=S), obj(a=I, b={"type": "string", "default": "x"}), obj(False, a=I), obj(True, a=I),
    obj(I, a=S), obj(a=obj(b=I)), obj(a=obj(b={"type": "integer", "default": 3})), obj(a=arr(N)),
    any_of(S, Z), any_of(I, Z), any_of(I, S), any_of(N, B), any_of(arr(I), Z), any_of(obj(a=I), arr(I)),
    {"type": ["integer", "null"]}, {"type": ["array", "null"], "items": S},
    {"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1, 2]},
    {"type": "integer", "default": None}, {"type": "string", "default": None},
]

VALUES = [
    None, True, False, 0, 1, -3, 2, 2**53 + 1, 2**63 - 1, 2**70, 0.0, 1.0, 3.7, -3.7, 1e300, 1e16, float("nan"),
    float("inf"), "", "a", "3", "true", "é",
    [], [1], [1, 2.5], ["a"], [True, None], [[1.5], [2]], [1, "x"], ["é", 1.0],
    {}, {"a": 1}, {"a": "x"}, {"a": 1.5, "c": [1]}, {"a": {"b": 2.5}}, {"a": {}}, {"b": "y"}, {"a": [1, 2]}, {"b": 1, "a": True},
    {"a": 1, "b": 2}, {"a": "x", "z": 1.5},
]

TEXTS = [
    "", "true", "True", "false", "1", " 42 ", "-7", "+5", "1_000", "1__0", "_1", "1_", "3.5", "1e3", "nan", "inf", "-Infinity", "0x1F",
    "0x1p-2", "1_0.5_0", "1e400", "12345678901234567890123", "abc", "1 2", ".5", "5.", "e5", "--1", "1.e2", "infinit", "0b1", "\u00a05",
]


def result(value):
    """A value as text that keeps integers and numbers apart."""
    return json.dumps(value)


def outcome(f, given):
    """What f returns, as text: "!" for an error, "=" for what was given."""
    try:
        text = result(f())
    except Exception:
        return "!"
    return "=" if text == result(given) else text


def yes(f):
    try:
        return "1" if f() is True else "0"
    except Exception:
        return "0"


def fresh(schema):
    """A copy, since the reference changes its arguments."""
    return json.loads(json.dumps(schema))


props = [Property.from_json_schema(schema) for schema in SCHEMAS]
answer = {
    "schemas": [result(s) for s in SCHEMAS],
    "values": [result(v) for v in VALUES],
    "fits": ["".join(yes(lambda: p.is_value_of_expected_type(v)) for v in VALUES) for p in props],
    "casts": [[outcome(lambda: _cast_value_into(v, p), v) for v in VALUES] for p in props],
    "defaults": ["".join(yes(lambda: value_is_of_compatible_type(v, fresh(s))) for v in VALUES) for s in SCHEMAS],
    "zeros": [result(p._type_default_value) for p in props],
    "filled": [[outcome(lambda: p._fill_nested_values_with_explicit_defaults(v), v) for v in VALUES] for p in props],
    "lenient": [[outcome(lambda: p._validate_or_return_default_value(v), v) for v in VALUES] for p in props],
    "same": ["".join(yes(lambda: json_schemas_have_same_type(fresh(a), fresh(b))) for b in SCHEMAS) for a in SCHEMAS],
    "castable_as": ["".join(yes(lambda: json_schema_is_castable_to(fresh(a), fresh(b))) for b in SCHEMAS) for a in SCHEMAS],
    "castable_wf": ["".join(yes(lambda: _property_can_be_casted_into_property(a, b)) for b in props) for a in props],
    "texts": TEXTS,
    "integers": [result(_try_cast_str_value_to_type(t, props[2])) for t in TEXTS],
    "numbers": [result(_try_cast_str_value_to_type(t, props[3])) for t in TEXTS],
}
print(json.dumps(answer, indent=0, separators=(",", ":")))
