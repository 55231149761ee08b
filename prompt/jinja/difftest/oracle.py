"""Generates random templates and inputs, renders them with the Python reference, prints one JSON line for each.

Usage: oracle.py COUNT SEED [--in FILE]    FILE: JSON lines with "template", "inputs", "partial" to render instead
A line: {"template", "inputs", "partial", "want"} or "error" (exception class) instead of "want", and "variables":
[[name, is_text, is_optional], ...], null if the template does not parse.
"""

import builtins
import copy
import json
import random
import re
import signal
import sys
import warnings

warnings.simplefilter("ignore")

from wayflowcore._utils import _templating_helpers as ref  # noqa: E402
from wayflowcore.property import Property, StringProperty  # noqa: E402

ADDRESS = re.compile(r"0x[0-9a-f]{6,}", re.I)


class Timeout(BaseException):
    pass


def alarm(*_):
    raise Timeout()


signal.signal(signal.SIGALRM, alarm)


# --- the reference --------------------------------------------------------------------------------------------------


def ordered_by_appearance(template):
    """The reference puts names it missed into a set, so their order is random. Make it the order of the text."""
    order = {}

    def rank(names):
        if not order:
            try:
                for token in ref.RestrictedSandboxedEnvironment()._tokenize(template, None):
                    if token.type == "name":
                        order.setdefault(token.value, len(order))
            except Exception:
                pass
        return sorted(builtins.set(names), key=lambda n: order.get(n, 1 << 30))

    return rank


def variables(template):
    ref.set = ordered_by_appearance(template)
    try:
        props = ref.get_variables_names_and_types_from_str_template(template)
        return [[p.name, isinstance(p, StringProperty), p.default_value is not Property.empty_default] for p in props]
    except Exception:
        return None
    finally:
        del ref.set


def answer(template, inputs, partial):
    line = {"template": template, "inputs": inputs, "partial": partial}
    signal.alarm(5)
    try:
        line["want"] = ADDRESS.sub("0xADDR", ref.render_str_template(template, copy.deepcopy(inputs), partial))
    except Timeout:
        return None
    except Exception as e:
        line["error"] = type(e).__name__
        line["message"] = str(e)[:200]
    finally:
        signal.alarm(0)
    line["variables"] = variables(template)
    return line


# --- the grammar ----------------------------------------------------------------------------------------------------

R = random.Random()

TEXTS = ["", "a", "abc", "Hello World", "it's", 'say "hi"', "both ' and \"", "a\nb\n\nc", " pad ", "é", "ß straße", "ΑΣ ΟΔΟΣ",
         "🙂", "a🙂b", "<b>&amp;</b>", "<a href='x'>t</a> &lt; &copy; &#65;", "http://example.com/x?y=1, www.x.org.",
         "mail me@x.org (http://a.com)", "1", "42", " 7 ", "-3", "3.14", "1e3", "0x1F", "1_000", "nan", "inf", "true",
         "a,b,c", "%s-%s", "%d%%", "%(a)s", "tab\there", "back\\slash", "\u200b", "\x00\x1b", "the-quick brown--fox jumps-over it",
         "word " * 20, "x" * 30 + " y", "a.b", "a/b c", "ŉ ǆ", "\u2028x\x85y", "{{ x }}", "{% if %}", "\r\nq\rw"]
INTS = [0, 1, 2, 3, 5, 7, 10, -1, -2, -7, 42, 100, 255, 256, 1000, 12345, 10**15, 2**63 - 1, 2**63, -(2**63), 10**22, -(10**25)]
FLOATS = [0.0, -0.0, 0.5, 1.0, 1.25, 2.5, 3.5, -1.5, 0.1, 0.30000000000000004, 1e16, 1e22, 1e-5, 1e-7, 123456.789, 2.675, 1e300, 5e-324, -7.25]
KEYS = ["a", "b", "name", "n", "k", "items", "keys", "x y", "é", "A", "0", "values", "index"]


def scalar():
    k = R.random()
    if k < 0.4:
        return R.choice(TEXTS)
    if k < 0.7:
        return R.choice(INTS)
    if k < 0.85:
        return R.choice(FLOATS)
    return R.choice([True, False, None])


def value(depth=0):
    k = R.random()
    if depth > 2 or k < 0.6:
        return scalar()
    if k < 0.8:
        return [value(depth + 1) for _ in range(R.randint(0, 4))]
    return {R.choice(KEYS): value(depth + 1) for _ in range(R.randint(0, 4))}


def inputs():
    """Variables whose names say what they hold; u and v are often missing."""
    ins = {
        "s": R.choice(TEXTS), "t": R.choice(TEXTS), "i": R.choice(INTS), "j": R.choice(INTS[:14]), "f": R.choice(FLOATS),
        "b": R.choice([True, False]), "z": None, "x": value(),
        "li": [R.choice(INTS[:14]) for _ in range(R.randint(0, 6))],
        "ls": [R.choice(TEXTS) for _ in range(R.randint(0, 5))],
        "lx": [value(1) for _ in range(R.randint(0, 4))],
        "lo": [{"a": R.choice(INTS[:12]), "b": R.choice(TEXTS[:8]), "n": scalar()} for _ in range(R.randint(0, 4))],
        "lp": [[R.choice(TEXTS[:6]), R.choice(INTS[:8])] for _ in range(R.randint(0, 4))],
        "d": {k: scalar() for k in R.sample(KEYS, R.randint(0, 4))},
        "dd": {"a": {"b": scalar(), "k": [1, scalar()]}, "n": R.choice(INTS[:8])},
        "big": 10 ** R.randint(18, 40) + R.randint(0, 99),
    }
    if R.random() < 0.3:
        ins["u"] = value()
    return ins


def pick(options):
    """One of [(weight, thing), ...]."""
    total = sum(w for w, _ in options)
    k = R.random() * total
    for w, thing in options:
        k -= w
        if k <= 0:
            return thing
    return options[-1][1]


def quoted(s):
    if R.random() < 0.1:
        s = s + R.choice(["\\n", "\\x41", "\\u00e9", "\\101", "\\q", "\\é", "\\'", "\\U0001F642"])
        return "'" + s.replace("'", "") + "'" if not s.endswith("\\'") else '"' + s.replace('"', "") + '"'
    s = s.replace("\\", "\\\\").replace("\r", "\\r")
    if R.random() < 0.5:
        s = s.replace("\n", "\\n")
    q = R.choice("'\"")
    return q + s.replace(q, "\\" + q) + q


def text(d):
    return pick([(5, lambda: quoted(R.choice(TEXTS))), (4, lambda: R.choice(["s", "t"])),
                 (1, lambda: expr(d)), (d > 0 and 4, lambda: f"{text(d - 1)}|{R.choice(TEXT_FILTERS)}"),
                 (d > 0 and 2, lambda: f"{piped(d - 1)}"), (d > 0 and 1, lambda: f"{text(d - 1)} ~ {expr(d - 1)}"),
                 (d > 0 and 1, lambda: f"{text(d - 1)} + {text(d - 1)}"), (d > 0 and 1, lambda: f"{text(d - 1)} * {small()}"),
                 (d > 0 and 1, lambda: f"{text(d - 1)}[{slice_(d - 1)}]"), (d > 0 and 1, lambda: f"({text(d - 1)})")])()


def small():
    return str(R.choice([0, 1, 2, 3, 5, 8, -1, 20]))


def number(d):
    return pick([(5, lambda: R.choice(["0", "1", "2", "3", "7", "10", "42", "1_000", "0x1f", "0b101", "0o17", "1.5", "2.5", "0.1", "1e3",
                                       "1.25", "9223372036854775807", "99999999999999999999", "1E-3", "12.0"])),
                 (4, lambda: R.choice(["i", "j", "f", "big"])), (1, lambda: expr(d)),
                 (d > 0 and 6, lambda: f"{number(d - 1)} {R.choice(['+', '-', '*', '/', '//', '%'])} {number(d - 1)}"),
                 (d > 0 and 1, lambda: f"{R.choice(['j', '2', '1.5', '-2', '(-3)', 'f', '10'])} ** {R.choice(['0', '2', '3', '-1', '0.5', 'j % 7', '-2'])}"),
                 (d > 0 and 1, lambda: f"-{number(d - 1)}"), (d > 0 and 1, lambda: f"+{number(d - 1)}"),
                 (d > 0 and 1, lambda: f"({number(d - 1)})"),
                 (d > 0 and 4, lambda: f"({number(d - 1)})|{number_filter(d - 1)}"),
                 (d > 0 and 2, lambda: f"{seq(d - 1)}|{R.choice(['length', 'count', 'sum', 'max', 'min', 'first', 'last'])}")])()


def number_filter(d):
    return R.choice(["abs", "int", "float", "round", f"round({small()})", f"round({small()}, {R.choice(['chr', quoted('ceil'), quoted('floor'), quoted('common')])})",
                     f"int({small()})", f"int(base={R.choice(['2', '8', '16', '10', '36', '0', '1'])})", "filesizeformat", "filesizeformat(true)",
                     f"float({small()})", "string", f"default({small()})"])


TEXT_FILTERS = ["upper", "lower", "title", "capitalize", "trim", "trim('ab')", "length", "wordcount", "e", "escape", "forceescape", "safe",
                "striptags", "urlize", "urlize(10)", "urlize(nofollow=true, target='_b')", "urlencode", "reverse", "list", "string", "int", "float",
                "center(20)", "center(7)", "center", "indent", "indent(2)", "indent(2, true)", "indent('> ', blank=true)", "indent(width=3, first=true, blank=true)",
                "truncate(5)", "truncate(8, true)", "truncate(10, false, '..')", "truncate(3, leeway=0)", "truncate(length=12, killwords=true, end='', leeway=0)",
                "wordwrap(5)", "wordwrap(10, false)", "wordwrap(7, wrapstring='|')", "wordwrap(6, break_on_hyphens=false)", "wordwrap(79)",
                "replace('a', 'b')", "replace('', '-')", "replace('o', '0', 1)", "replace(1, none)", "first", "last", "tojson", "pprint", "default('q')",
                "d('q', true)", "unique|list", "sort|join", "batch(2)|list", "slice(2)|list", "join('-')", "join", "max", "min", "format(1)", "format('a', 2)",
                "format(a=1)", "int(7, 16)", "filesizeformat", "abs", "count", "items", "attr('upper')", "attr('zzz')", "xmlattr", "dictsort", "map('upper')|join",
                "select|list", "sum", "random|length", "groupby('a')", "round", "wordwrap(0)", "truncate('a')", "center('a')", "upper(1)", "trim(chars=' x')"]


def seq(d):
    return pick([(4, lambda: R.choice(["li", "ls", "lx", "lo", "lp"])), (2, lambda: "[" + ", ".join(expr(d - 1) for _ in range(R.randint(0, 3))) + "]"),
                 (1, lambda: "(" + ", ".join(expr(d - 1) for _ in range(R.randint(2, 3))) + ")"), (1, lambda: "(1,)"), (1, lambda: expr(d)),
                 (1, lambda: R.choice(["d", "dd", "s", "[3, 1, 2]", "['b', 'A', 'c']", "[1, 2.5, true]"])),
                 (d > 0 and 6, lambda: f"{seq(d - 1)}|{seq_filter(d - 1)}"), (d > 0 and 1, lambda: f"{seq(d - 1)}[{slice_(d - 1)}]"),
                 (d > 0 and 1, lambda: f"{seq(d - 1)} + {seq(d - 1)}"), (d > 0 and 1, lambda: f"{seq(d - 1)} * {small()}")])()


def seq_filter(d):
    attr = R.choice(["'a'", "'b'", "'n'", "'zz'", "0", "1", "'0'", "'a.b'", "'a,b'", "2", "'k.1'"])
    return pick([
        (3, lambda: R.choice(["list", "sort", "sort(true)", "sort(reverse=true, case_sensitive=true)", "unique", "unique|list", "reverse", "reverse|list", "first", "last",
                              "join", "join(', ')", "length", "sum", "max", "min", "items|list", "tojson", "pprint", "string", "batch(2)|list", "slice(3)|list",
                              "batch(3, 'x')|list", "slice(2, 0)|list", "batch(0)|list", "slice(0)|list", "dictsort", "dictsort(by='value')", "dictsort(reverse=true)",
                              "dictsort(true, 'value', true)", "dictsort(by='q')", "xmlattr", "urlencode", "count", "e", "wordcount", "random|string|length > 0",
                              "tojson(indent=2)", "tojson(2)|upper", "default([])", "upper", "select", "map", "min(case_sensitive=true)", "join(d='<')"])),
        (3, lambda: f"map(attribute={attr})|list"), (1, lambda: f"map(attribute={attr}, default={expr(d)})|list"),
        (2, lambda: f"map({R.choice(['upper', 'lower', 'int', 'string', 'length', 'nope', 'abs', 'first', 'list', 'e', 'tojson'])!r})|list"),
        (1, lambda: f"map('default', {expr(d)})|list"), (1, lambda: f"map('round', {small()})|list"), (1, lambda: f"map('replace', 'a', {text(d)})|join('/')"),
        (2, lambda: f"{R.choice(['select', 'reject'])}({R.choice(TESTS_PLAIN)!r})|list"), (1, lambda: f"{R.choice(['select', 'reject'])}|list"),
        (2, lambda: f"{R.choice(['select', 'reject'])}({R.choice(TESTS_ARG)!r}, {expr(d)})|list"),
        (2, lambda: f"{R.choice(['selectattr', 'rejectattr'])}({attr})|list"),
        (2, lambda: f"{R.choice(['selectattr', 'rejectattr'])}({attr}, {R.choice(TESTS_ARG)!r}, {expr(d)})|list"),
        (2, lambda: f"groupby({attr})"), (1, lambda: f"groupby({attr}, default={expr(d)}, case_sensitive=true)|list"),
        (2, lambda: f"sort(attribute={attr})"), (1, lambda: f"{R.choice(['max', 'min'])}(attribute={attr})"), (1, lambda: f"sum(attribute={attr})"),
        (1, lambda: f"sum(start={expr(d)})"), (1, lambda: f"join({text(d)}, attribute={attr})"), (1, lambda: f"unique(attribute={attr})|list"),
        (1, lambda: f"batch({small()}, {expr(d)})|list"), (1, lambda: f"slice({small()}, {expr(d)})|list"), (1, lambda: f"tojson(indent={expr(0)})")])()


TESTS_PLAIN = ["odd", "even", "defined", "undefined", "none", "boolean", "false", "true", "integer", "float", "lower", "upper", "string", "mapping",
               "number", "sequence", "iterable", "callable", "escaped", "filter", "test", "nope"]
TESTS_ARG = ["divisibleby", "in", "==", "eq", "equalto", "!=", "ne", ">", "gt", "greaterthan", ">=", "ge", "<", "lt", "lessthan", "<=", "le"]


def boolean(d):
    return pick([(2, lambda: R.choice(["true", "false", "b", "True", "False", "none"])), (1, lambda: expr(d)),
                 (d > 0 and 3, lambda: f"{expr(d - 1)} {R.choice(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'])} {expr(d - 1)}"),
                 (d > 0 and 2, lambda: f"{number(d - 1)} {R.choice(['<', '<=', '>', '>=', '=='])} {number(d - 1)} {R.choice(['<', '!=', '>='])} {number(d - 1)}"),
                 (d > 0 and 2, lambda: f"{expr(d - 1)} in {seq(d - 1)}"), (d > 0 and 2, lambda: f"{text(d - 1)} in {text(d - 1)}"),
                 (d > 0 and 3, lambda: f"{expr(d - 1)} is {R.choice(['', 'not '])}{R.choice(TESTS_PLAIN)}"),
                 (d > 0 and 2, lambda: f"{expr(d - 1)} is {R.choice(['', 'not '])}{R.choice([t for t in TESTS_ARG if t.isalpha()])}({expr(d - 1)})"),
                 (d > 0 and 1, lambda: f"{number(d - 1)} is divisibleby {R.choice(['2', '3', 'j', '0'])}"),
                 (d > 0 and 1, lambda: f"{R.choice(['b', 'z', 'true', 'li', 's', 'd'])} is sameas {R.choice(['b', 'z', 'true', 'none', 'li', 'd', 'lx'])}"),
                 (d > 0 and 2, lambda: f"not {boolean(d - 1)}"), (d > 0 and 2, lambda: f"{boolean(d - 1)} {R.choice(['and', 'or'])} {boolean(d - 1)}"),
                 (d > 0 and 1, lambda: f"({boolean(d - 1)})")])()


def slice_(d):
    n = lambda: R.choice(["", "", "0", "1", "2", "-1", "-2", "5", "j", number(0)])  # noqa: E731
    return n() + ":" + n() + (":" + R.choice(["", "1", "2", "-1", "-2", "0"]) if R.random() < 0.3 else "")


def mapping(d):
    return pick([(4, lambda: R.choice(["d", "dd", "x"])),
                 (2, lambda: "{" + ", ".join(f"{R.choice([quoted(R.choice(KEYS)), '1', 'true', 'none', '1.0', '(1, 2)', expr(d - 1)])}: {expr(d - 1)}" for _ in range(R.randint(0, 3))) + "}")])()


def access(d):
    base = R.choice(["d", "dd", "dd.a", "lo[0]", "li", "ls", "x", "lx", "s", "i", "z", "u", "loop", "lp[0]", "lx[0]", mapping(d)])
    key = R.choice(["." + R.choice([k for k in KEYS if k.isidentifier()]), f"[{quoted(R.choice(KEYS))}]", f"[{small()}]", f".{R.randint(0, 2)}", f"[{expr(0)}]",
                    "['a']['b']", ".a.b", ".upper", ".__class__", "[-1]", f"[{slice_(d)}]", "[1, 2]", "[true]", "[none]", "[1.0]"])
    return base + key


def piped(d):
    """Any value through any filter."""
    f = R.choice([lambda: R.choice(TEXT_FILTERS), lambda: number_filter(d), lambda: seq_filter(d)])()
    e = expr(d)
    return f"({e})|{f}" if R.random() < 0.8 else f"{e}|{f}"


def formatted(d):
    spec = "".join(R.choice(["%s", "%d", "%r", "%5.2f", "%-6s|", "%+d", "%05d", "%x", "%#X", "%o", "%e", "%g", "%c", "%%", "%a", "%.3s", "% d", "%G", "%i",
                             "%(a)s", "%(n)5d", "%*d", "%.2e", "%#.0f", "%q", "%", "é%s", "%010.3f", "%#o", "%08.3g"]) + R.choice(["", " ", "-"]) for _ in range(R.randint(1, 2)))
    if R.random() < 0.5:
        return f"{quoted(spec)} % {R.choice([expr(d), '(' + expr(d) + ', ' + expr(d) + ')', 'd', 'dd', 'lp[0]', number(d)])}"
    return f"{quoted(spec)}|format({R.choice([expr(d), expr(d) + ', ' + expr(d), 'a=' + expr(d), '*lp[0]', '**d', number(d), text(d)])})"


def markup(d):
    return R.choice([f"{text(d)}|{R.choice(['e', 'safe', 'tojson', 'forceescape'])}", f"({text(d)}|e) + {text(d)}", f"{text(d)} + ({text(d)}|safe)", f"[{text(d)}|e]",
                     f"({text(d)}|safe)[{slice_(d)}]", f"({text(d)}|e)|{R.choice(TEXT_FILTERS)}", f"('%s<'|safe) % {expr(d)}", f"('%s %r'|safe)|format({expr(d)}, {text(d)})",
                     f"({seq(d)}|tojson)|{R.choice(TEXT_FILTERS)}", f"(s|e) in ls", f"(s|e) == s", f"[s|e, t]|join('<')", f"(s|e) ~ t"])


def expr(d):
    if d <= 0:
        return pick([(3, lambda: R.choice(["s", "t", "i", "j", "f", "b", "z", "x", "li", "ls", "lx", "lo", "lp", "d", "dd", "big"])), (1, lambda: "u"), (0.3, lambda: "v"),
                     (1, lambda: quoted(R.choice(TEXTS))), (1, lambda: R.choice(["0", "1", "2", "3.5", "-1", "10"])), (0.5, lambda: R.choice(["true", "false", "none", "[]", "{}", "()"]))])()
    return pick([(4, lambda: text(d)), (4, lambda: number(d)), (4, lambda: seq(d)), (3, lambda: boolean(d)), (2, lambda: mapping(d)), (3, lambda: access(d)), (3, lambda: piped(d - 1)),
                 (1, lambda: formatted(d - 1)), (1, lambda: markup(d - 1)), (1.5, lambda: f"{expr(d - 1)} if {boolean(d - 1)} else {expr(d - 1)}"),
                 (0.5, lambda: f"{expr(d - 1)} if {boolean(d - 1)}"), (1, lambda: f"{expr(d - 1)} {R.choice(['and', 'or'])} {expr(d - 1)}"),
                 (1, lambda: f"{expr(d - 1)} ~ {expr(d - 1)}"), (0.5, lambda: f"{expr(d - 1)} {R.choice(['+', '-', '*', '/', '//', '%', '**'])} {R.choice(['j', '2', expr(0)])}"),
                 (1, lambda: f"({expr(d - 1)})"), (0.3, lambda: f"{R.choice(['s.upper', 'range', 'd.items', 'm', 'loop.cycle', 'u', 'self', 'caller'])}({expr(d - 1)})"),
                 (0.5, lambda: f"{R.choice(['u', 'v', 'd.zz', 'x.a'])}|default({expr(d - 1)}{R.choice(['', ', true', ', boolean=b'])})"),
                 (0.3, lambda: f"{expr(d - 1)}|{R.choice(['nope', 'upper.lower', 'attr'])}"), (0.2, lambda: f"{expr(d - 1)}|{R.choice(['default', 'join', 'round'])}(*{seq(0)}, **{mapping(0)})"),
                 (0.4, lambda: R.choice(["loop.index", "loop", "self", "caller", "loop.last", "loop['first']"]))])()


def tag(inner):
    return "{%" + R.choice(["", "", "", "", "-", "+"]) + " " + inner + " " + R.choice(["", "", "", "", "-"]) + "%}"


def output(d):
    return "{{" + R.choice(["", "", "", "-", "+"]) + R.choice([" ", ""]) + expr(d) + R.choice([" ", ""]) + R.choice(["", "", "", " -"]) + "}}"


def data():
    return R.choice(["a", " ", "\n", "  \n ", "text ", "<b>", "é", "x\ty", "{ }", "%}", "}}", "\\", "\n\n", "{#- c -#}", "{# c #}", "a\r\nb"])


NAMES = ["q", "r", "s", "x", "i", "li", "u", "loop", "w", "m"]


def loop_body(d):
    extra = R.choice(["", "", "{{ loop.index }}", "{% if not loop.last %}, {% endif %}", "{{ loop.length }}", "{{ loop.first }}{{ loop.index0 }}", "{{ loop.revindex }}", "{{ loop['last'] }}", "{{ loop }}"])
    return extra + body(d)


def statement(d):
    def name():
        return R.choice(NAMES[:7] if R.random() < 0.95 else NAMES)

    def for_():
        target = pick([(5, name), (2, lambda: "k, q"), (0.5, lambda: "q, (r, w)"), (0.5, lambda: "q,")])()
        it = pick([(3, lambda: seq(d - 1)), (2, lambda: "li"), (1, lambda: "lo"), (1, lambda: "lp"), (1, lambda: f"{mapping(0)}|items"), (1, lambda: "d|dictsort"), (1, lambda: expr(d - 1)),
                   (0.5, lambda: "1, 2, 3")])()
        if "if" in it:
            it = f"({it})"
        cond = f" if {boolean(d - 1)}" if R.random() < 0.25 else ""
        rec = " recursive" if R.random() < 0.05 else ""
        else_ = tag("else") + body(d - 1) if R.random() < 0.3 else ""
        show = "{{ " + target.split(",")[0].strip("( ") + " }}" if R.random() < 0.6 else ""
        return tag(f"for {target} in {it}{cond}{rec}") + show + loop_body(d - 1) + else_ + tag("endfor")

    def if_():
        out = tag(f"if {boolean(d)}") + body(d - 1)
        for _ in range(R.choice([0, 0, 1])):
            out += tag(f"elif {boolean(d)}") + body(d - 1)
        if R.random() < 0.5:
            out += tag("else") + body(d - 1)
        return out + tag("endif")

    return pick([
        (5, for_), (5, if_), (4, lambda: tag(f"set {name()} = {expr(d)}")), (1, lambda: tag(f"set q, r = {R.choice(['lp[0]', '1, 2', expr(d), seq(d)])}")),
        (1, lambda: tag(f"set {name()}{R.choice(['', '|upper', '|trim|e', '|replace(s, t)'])}") + body(d - 1) + tag("endset")),
        (1.5, lambda: tag(f"with {name()} = {expr(d)}{R.choice(['', f', {name()} = {expr(0)}'])}") + body(d - 1) + tag("endwith")),
        (1.5, lambda: tag(f"filter {R.choice(TEXT_FILTERS)}") + body(d - 1) + tag("endfilter")),
        (1, lambda: tag("raw") + R.choice(["{{ x }}", "{% if %}", " a ", "{# #}", "", "\n"]) + tag("endraw")),
        (1.5, lambda: tag(f"autoescape {R.choice(['true', 'true', 'false', 'b', expr(0)])}") + body(d - 1) + tag("endautoescape")),
        (1, lambda: tag(f"block {R.choice('ABCDEFGHIJKLMNOPQ')}{R.choice(['', ' scoped', ' required'] if R.random() < 0.5 else [''])}") + body(d - 1) + tag("endblock")),
        (0.6, lambda: tag(f"macro {R.choice(['m', 'q'])}({R.choice(['', 'a', 'a, w=1', 'caller', 's'])})") + body(d - 1) + tag("endmacro")),
        (0.2, lambda: tag(f"call m({expr(0)})") + body(d - 1) + tag("endcall")), (0.5, lambda: tag(f"print {expr(d)}, {expr(0)}")),
        (0.3, lambda: tag(R.choice(["include 'x'", "include ls", "include [] ignore missing", "include li ignore missing", "include z ignore missing", "import 'x' as q", "from 'x' import q as r",
                                    "extends 'x'", "extends s", "break", "continue", "do x", "include u ignore missing", "include i", "include 5", "include d ignore missing with context"]))),
        (0.3, lambda: tag(f"set {R.choice(['d', 'q', 'x'])}.{R.choice(['a', 'w'])}") + body(0) + tag("endset") + "{{ d }}"),
        (0.1, lambda: tag("set d.a = 1")),
    ])()


def body(d):
    out = ""
    for _ in range(R.randint(1, 2 if d < 2 else 3)):
        k = R.random()
        if d > 0 and k < 0.35:
            out += statement(d)
        elif k < 0.75:
            out += output(max(d, 1))
        else:
            out += data()
    return out


def scoping(d):
    """Few names, many scopes: which variable does a name mean?"""
    name = lambda: R.choice(["q", "r", "s", "u"])  # noqa: E731
    say = lambda: "{{ " + R.choice([name(), name(), f"{name()}|default('?')", f"{name()} is defined", f"[{name()}]|string"]) + " }}"  # noqa: E731
    val = lambda: R.choice(["1", "'a'", name(), f"{name()} ~ {name()}", "li", f"{name()}|default(2)"])  # noqa: E731
    inner = lambda: "".join(scoping(d - 1) for _ in range(R.randint(1, 2))) if d > 0 else say()  # noqa: E731
    it = lambda: R.choice(["[1, 2]", "li", "'ab'", "[]", f"[{name()}]", name(), "lp"])  # noqa: E731
    return pick([
        (5, say), (4, lambda: f"{{% set {name()} = {val()} %}}"), (1, lambda: f"{{% set {name()}, {name()} = {val()}, {val()} %}}"),
        (4, lambda: f"{{% for {name()} in {it()}{R.choice(['', '', f' if {name()}', f' if {name()} is defined'])}{R.choice(['', '', '', ' recursive'])} %}}{inner()}{R.choice(['', '', '{% else %}' + inner()])}{{% endfor %}}"),
        (2, lambda: f"{{% for {name()}, {name()} in {R.choice(['lp', '[(1, 2)]', 'd|items'])} %}}{inner()}{{% endfor %}}"),
        (4, lambda: f"{{% if {R.choice(['b', 'true', 'false', name(), f'{name()} is defined'])} %}}{inner()}{R.choice(['', '{% elif b %}' + inner()])}{R.choice(['', '{% else %}' + inner()])}{{% endif %}}"),
        (2, lambda: f"{{% with {name()} = {val()}{R.choice(['', f', {name()} = {val()}'])} %}}{inner()}{{% endwith %}}"),
        (1, lambda: f"{{% set {name()} %}}{inner()}{{% endset %}}"), (1, lambda: f"{{% filter upper %}}{inner()}{{% endfilter %}}"),
        (1, lambda: f"{{% autoescape {R.choice(['true', 'b', 'false', name()])} %}}{inner()}{{% endautoescape %}}"),
        (2, lambda: f"{{% block {R.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}{R.choice('abcdefgh')}{R.choice(['', ' scoped'])} %}}{inner()}{{% endblock %}}"),
        (1, lambda: f"{{% macro {name()}({R.choice(['', name()])}) %}}{inner()}{{% endmacro %}}"), (0.2, lambda: f"{{% import 'x' as {name()} %}}"),
        (0.5, lambda: f"{{% set {name()}.a %}}{inner()}{{% endset %}}"),
    ])()


def plain():
    """What documents really contain."""
    parts = []
    for _ in range(R.randint(1, 5)):
        parts.append(R.choice(["{{ s }}", "{{s}}", "{{ x }}", "{{ d }}", "{{ lx }}", "{{ f }}", "{{ u }}", "{{ t }}", " text ", "\n", "{% if u %}{{ u }}{% endif %}",
                               "{% for q in lo %}{{ q.a }}: {{ q['b'] }}\n{% endfor %}", "{{ lx | tojson }}", "{% if u is none %}a{% endif %}", "{{ dd.a.b }}",
                               "{%- for q in ls -%}\n {{ loop.index }}. {{ q }}\n{%- if not loop.last %}, {% endif %}\n{%- endfor -%}", "{{ i + j }}"]))
    return "".join(parts)


def mutate(template):
    """Breaks a template."""
    for _ in range(R.randint(1, 2)):
        if not template:
            return template
        i = R.randrange(len(template))
        k = R.random()
        if k < 0.4:
            template = template[:i] + template[i + 1:]
        elif k < 0.7:
            template = template[:i] + R.choice("{}%#()[]|,.:=+-*/~<>!'\"\\ \n0a_") + template[i:]
        elif k < 0.85:
            j = min(len(template), i + R.randint(1, 10))
            template = template[:i] + template[j:]
        else:
            template = template[:i] + R.choice(["{{", "}}", "{%", "%}", "{#", "#}", " if ", " else ", " is ", " not ", "**", "//", "{% endif %}", "{% else %}"]) + template[i:]
    return template


def template():
    k = R.random()
    if k < 0.15:
        return plain()
    if k < 0.3:
        t = "".join(scoping(R.choice([1, 2, 3])) for _ in range(R.randint(1, 4)))
    elif k < 0.55:
        t = output(R.choice([1, 2, 2, 3]))
    else:
        t = body(R.choice([1, 2, 2, 3]))
    return mutate(t) if R.random() < 0.06 else t


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    if len(sys.argv) > 3:
        for line in open(sys.argv[4]):
            c = json.loads(line)
            print(json.dumps(answer(c["template"], c["inputs"], c.get("partial", False))))
        return
    for n in range(count):
        R.seed(seed * 1_000_003 + n)
        line = answer(template(), inputs(), R.random() < 0.12)
        if line is not None:
            line["n"] = n
            sys.stdout.write(json.dumps(line) + "\n")


main()
