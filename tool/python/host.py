"""Serves the functions of one Python file to WayFlow for Go. It needs nothing beyond the library of Python 3.9, which
whoever starts it looks for.

Requests come in on what was standard input, replies go out on what was standard output; the functions get neither: for
them standard input is empty, and what they print goes to standard error. Both directions are lines of fields that are
separated by tabs, the last of which is JSON. As the first field says which call a line is about, a call whose JSON
cannot be read fails alone.

    requests    ID call NAME KEY ARGUMENTS      KEY is the idempotency key, as JSON; ARGUMENTS an object
                ID cancel
    replies     0 ready FUNCTIONS               once the file has been loaded
                0 failed FAULT                  it could not be loaded
                ID value JSON                   a result
                ID marked JSON                  a result with infinities and the like, see mark()
                ID error FAULT                  a call failed; FAULT is {class, ancestors, message, stack}

Each call is answered once, in whatever order calls end. Plain functions run on threads, coroutines on an event loop.
When the requests end, so does the process.
"""
import contextvars
import functools
import inspect
import json
import os
import queue
import sys
import threading
import time
import traceback
import types
import typing

HERE = "<wayflow host>"
idempotency_key = contextvars.ContextVar("idempotency_key", default="")


# Lines


class Lines:
    """The two streams of the protocol."""

    def __init__(self):
        self.requests = os.fdopen(os.dup(0), "rb", 1 << 16)
        self.replies = os.dup(1)
        self.lock = threading.Lock()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdout.reconfigure(line_buffering=True)

    def send(self, call_id, kind, text):
        data = memoryview(b"%d\t%s\t%s\n" % (call_id, kind, text))
        with self.lock:
            try:
                while data:
                    data = data[os.write(self.replies, data):]
            except OSError:
                os._exit(1)  # nobody listens any more


def encode(result, limit):
    """Returns the kind and the JSON of a result."""
    kind = b"value"
    try:
        try:
            text = dumps(result)
        except ValueError:
            kind, text = b"marked", dumps(mark(result))
        data = text.encode("utf-8")
    except RecursionError:
        raise ValueError("the result is no JSON value: it is nested too deeply, or contains itself") from None
    except (TypeError, ValueError) as e:
        kind = TypeError if isinstance(e, TypeError) else ValueError
        raise kind("the result is no JSON value: %s" % e) from None
    if len(data) > limit:
        raise ValueError("the answer is longer than %s; make it shorter, or raise max_output" % size(limit))
    return kind, data


def dumps(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def mark(value):
    """Replaces infinities and NaN, which JSON lacks, by {"$float": text}; what looks like that goes into {"$object": it}."""
    if isinstance(value, float):
        if value != value:
            return {"$float": "NaN"}
        if value in (float("inf"), float("-inf")):
            return {"$float": "Infinity" if value > 0 else "-Infinity"}
    elif isinstance(value, dict):
        marked = {key: mark(member) for key, member in value.items()}
        return {"$object": marked} if list(value) in (["$float"], ["$object"]) else marked
    elif isinstance(value, (list, tuple)):
        return [mark(item) for item in value]
    return value


def size(n):
    for unit, step in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if n >= step and n % step == 0:
            return "%d %s" % (n // step, unit)
    return "%d bytes" % n


def fault(e):
    """Describes an exception, without the frames of this file."""
    tb = e.__traceback__
    while tb is not None and tb.tb_frame.f_code.co_filename == HERE:
        tb = tb.tb_next
    try:
        message = str(e)
    except Exception:
        message = "(the text of the exception cannot be made)"
    try:
        stack = "".join(traceback.format_exception(type(e), e, tb))
    except Exception:
        stack = ""
    ancestors = [c.__name__ for c in type(e).__mro__[1:] if c not in (object, BaseException)]
    described = {"class": type(e).__name__, "ancestors": ancestors, "message": message, "stack": stack[-32768:]}
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    if isinstance(e, SyntaxError):
        described["message"] = e.msg or message
        described["file"], described["line"] = e.filename, e.lineno
    elif tb is not None:
        described["file"], described["line"] = tb.tb_frame.f_code.co_filename, tb.tb_lineno
    return json.dumps(described).encode()


# Functions


class Function:
    """A function, or what wayflowcore's @tool made of one, as a tool."""

    def __init__(self, attribute, member, module):
        self.attribute, self.call, self.name = attribute, member, attribute
        self.described = None
        self.own = getattr(member, "__module__", None) == module
        if not inspect.isroutine(member) and is_tool(member):
            self.call, self.name, self.described, self.own = member.func, member.name, member, True
        self.own = self.own and not attribute.startswith("_")
        self.is_async = inspect.iscoroutinefunction(self.call) or inspect.isasyncgenfunction(self.call)
        try:
            self.parameters = list(inspect.signature(self.call).parameters.values())
        except (TypeError, ValueError):
            self.parameters = None
        self.positional = [p.name for p in self.parameters or () if p.kind is p.POSITIONAL_ONLY]

    def run(self, args):
        positional = [args.pop(name) for name in self.positional if name in args]
        return self.call(*positional, **args)

    def spec(self):
        doc = inspect.getdoc(self.call) if inspect.isroutine(self.call) else None
        spec = {"name": self.name, "attribute": self.attribute, "own": self.own, "description": doc or ""}
        if self.described is not None:
            spec["description"] = getattr(self.described, "description", None) or spec["description"]
        try:  # wayflowcore knows best what its own tools take and give
            spec["inputs"] = [p.to_json_schema() for p in self.described.input_descriptors]
            spec["outputs"] = [p.to_json_schema() for p in self.described.output_descriptors]
            json.dumps(spec)
            return spec
        except Exception:
            pass
        if self.parameters is None or any(p.kind is p.VAR_KEYWORD for p in self.parameters):
            return dict(spec, untyped=True)
        hints = hints_of(self.call)
        spec["inputs"] = [parameter(p, hints.get(p.name, p.empty)) for p in self.parameters if p.kind is not p.VAR_POSITIONAL]
        result = schema(hints.get("return", inspect.Parameter.empty))
        spec["outputs"] = [] if result == {"type": "null"} else [dict(result, title="tool_output")]
        return spec


def is_tool(member):
    return not isinstance(member, type) and callable(getattr(member, "func", None)) and isinstance(
        getattr(member, "name", None), str)


def functions_of(module):
    found = []
    for attribute, member in list(vars(module).items()):
        if inspect.isroutine(member) or isinstance(member, functools.partial) or is_tool(member):
            found.append(Function(attribute, member, module.__name__))
    return found


# Types


def hints_of(call):
    try:
        return typing.get_type_hints(call, include_extras=True)
    except Exception:  # one of them names what is not there, for instance
        hints = {}
    for name, hint in getattr(call, "__annotations__", {}).items():
        try:
            hints[name] = eval(hint, getattr(call, "__globals__", {})) if isinstance(hint, str) else hint
        except Exception:
            pass
    return hints


def parameter(p, hint):
    described = dict(schema(hint), title=p.name)
    if p.default is not p.empty:
        try:
            described["default"] = json.loads(dumps(p.default))
        except (TypeError, ValueError, RecursionError):
            described = {"title": p.name, "default": None}  # the default is Python's own business
    return described


SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", None: "null"}


def schema(hint):
    """Returns the JSON Schema of a type; {}, which means any, for what it does not know."""
    try:
        if hint in SIMPLE:
            return {"type": SIMPLE[hint]}
    except TypeError:
        return {}
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        return plain_schema(hint)
    if origin is typing.Annotated:
        texts = [a for a in args[1:] if isinstance(a, str)]
        return dict(schema(args[0]), **({"description": texts[0]} if texts else {}))
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        return {"anyOf": [schema(a) for a in args]}
    if origin is typing.Literal:
        kinds = {type(a) for a in args}
        kind = SIMPLE.get(kinds.pop()) if len(kinds) == 1 else None
        return {"type": kind, "enum": list(args)} if kind else {}
    return generic_schema(origin, args)


def plain_schema(hint):
    if hint in (list, tuple):
        return {"type": "array", "items": {}}
    if isinstance(hint, type) and issubclass(hint, dict) and hasattr(hint, "__total__"):  # a TypedDict
        members = hints_of(hint)
        return {"type": "object", "properties": {name: schema(h) for name, h in members.items()}}
    if hint is dict:
        return {"type": "object", "additionalProperties": {}}
    if hasattr(hint, "__supertype__"):  # a NewType
        return schema(hint.__supertype__)
    return {}


def generic_schema(origin, args):
    name = getattr(origin, "__name__", "")
    if origin is tuple:
        alike = len(args) == 2 and args[1] is ...
        return {"type": "array", "items": schema(args[0]) if alike else {}}
    if name in ("list", "Sequence", "MutableSequence", "Collection", "Iterable"):
        return {"type": "array", "items": schema(args[0]) if args else {}}
    if name in ("dict", "Mapping", "MutableMapping"):
        return {"type": "object", "additionalProperties": schema(args[1]) if len(args) == 2 else {}}
    if name in ("AsyncGenerator", "AsyncIterator", "AsyncIterable", "Awaitable", "Coroutine") and args:
        return schema(args[-1] if name == "Coroutine" else args[0])
    return {}


# Calls


class Call:
    __slots__ = ("id", "function", "key", "args", "cancelled", "running", "extra", "task")

    def __init__(self, call_id, function, key, args):
        self.id, self.function, self.key, self.args = call_id, function, key, args
        self.cancelled = self.running = self.extra = False
        self.task = None


class Threads:
    """Threads for plain functions, as many as are needed up to a limit. They do not keep the process alive."""

    def __init__(self, limit, work):
        self.limit, self.work, self.count = limit, work, 0
        self.jobs = queue.SimpleQueue()
        self.idle = threading.Semaphore(0)
        self.lock = threading.Lock()

    def put(self, job):
        self.jobs.put(job)
        if not self.idle.acquire(blocking=False):
            self.start()

    def start(self):
        with self.lock:
            if self.count >= self.limit:
                return
            self.count += 1
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                job = self.jobs.get_nowait()
            except queue.Empty:
                self.idle.release()
                job = self.jobs.get()
            self.work(job)

    def widen(self, by):
        """Makes up for a thread that nobody waits for any more, so that functions that hang do not use up all threads."""
        with self.lock:
            self.limit += by
        if by > 0 and not self.jobs.empty():
            self.start()


class Host:
    def __init__(self, lines, functions, threads, limit):
        self.lines, self.limit = lines, limit
        self.functions = {f.attribute: f for f in functions}
        self.calls = {}
        self.threads = Threads(threads, self.run)
        self.lock = threading.Lock()
        self.loop = None
        if sys.version_info < (3, 10) and "asyncio" in sys.modules:
            # What the file made of asyncio belongs to this thread's loop there.
            self.start_loop(sys.modules["asyncio"].get_event_loop())

    def serve(self):
        for line in self.lines.requests:
            fields = line.rstrip(b"\r\n").split(b"\t", 4)
            call_id = int(fields[0])
            if fields[1] == b"cancel":
                self.cancel(call_id)
                continue
            function = self.functions.get(fields[2].decode())
            call = self.calls[call_id] = Call(call_id, function, fields[3], fields[4])
            if function is not None and function.is_async:
                self.event_loop().call_soon_threadsafe(self.spawn, call)
            else:
                self.threads.put(call)

    def cancel(self, call_id):
        call = self.calls.get(call_id)
        if call is None:
            return
        call.cancelled = True
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.cancel_task, call)
        if call.running and not call.extra:
            call.extra = True
            self.threads.widen(1)

    def cancel_task(self, call):
        if call.task is not None:
            call.task.cancel()

    def run(self, call):
        """Performs a call of a plain function, on one of the threads."""
        try:
            call.running = True
            if call.cancelled:
                raise RuntimeError("cancelled")
            result = self.enter(call)
            if inspect.isawaitable(result) or inspect.isasyncgen(result):
                import asyncio

                result = asyncio.run_coroutine_threadsafe(self.track(call, result), self.event_loop()).result()
            reply = encode(result, self.limit)
        except BaseException as e:
            reply = b"error", fault(e)
        call.running = False
        if call.extra:
            self.threads.widen(-1)
        self.answer(call, reply)

    def spawn(self, call):
        """Starts a call of a coroutine, on the event loop."""
        call.task = self.loop.create_task(self.perform(call))

    async def perform(self, call):
        try:
            if call.cancelled:
                raise RuntimeError("cancelled")
            reply = encode(await last(self.enter(call)), self.limit)
        except BaseException as e:
            reply = b"error", fault(e)
        self.answer(call, reply)

    async def track(self, call, awaitable):
        import asyncio

        call.task = asyncio.current_task()
        return await last(awaitable)

    def enter(self, call):
        if call.function is None:
            raise LookupError("the file does not have this function any more")
        idempotency_key.set(json.loads(call.key))
        return call.function.run(json.loads(call.args))

    def answer(self, call, reply):
        del self.calls[call.id]
        self.lines.send(call.id, *reply)

    def event_loop(self):
        with self.lock:
            if self.loop is None:
                import asyncio

                self.start_loop(asyncio.new_event_loop())
            return self.loop

    def start_loop(self, loop):
        self.loop = loop
        threading.Thread(target=loop.run_forever, daemon=True).start()


async def last(result):
    """Returns what a coroutine returns, or the last thing that an asynchronous generator yields."""
    if not inspect.isasyncgen(result):
        return await result
    item = nothing = object()
    async for item in result:
        pass
    if item is nothing:
        raise ValueError("the tool yielded nothing; the last thing it yields is its result")
    return item


# The process


def load(path):
    folder, base = os.path.split(os.path.abspath(path))
    sys.path[0] = folder
    sys.argv = [path]
    name = os.path.splitext(base)[0]
    if name in sys.modules:
        name = "wayflow_tools_" + name
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    with open(path, "rb") as f:
        source = f.read()
    exec(compile(source, path, "exec"), module.__dict__)
    return module


def offer_key():
    """Lets a function say: from wayflow_tool import idempotency_key."""
    module = types.ModuleType("wayflow_tool", "What WayFlow for Go tells a tool about its call.")
    module.idempotency_key = idempotency_key.get
    sys.modules[module.__name__] = module


def end_anyway():
    """Ends the process even if threads of the functions' own would keep it alive: nobody listens any more."""
    time.sleep(10)
    os._exit(0)


def main():
    path, threads, limit = sys.argv[1:4]
    lines = Lines()
    offer_key()
    try:
        functions = functions_of(load(path))
        ready = json.dumps({"functions": [f.spec() for f in functions]}).encode()
    except BaseException as e:
        lines.send(0, b"failed", fault(e))
        return
    lines.send(0, b"ready", ready)
    Host(lines, functions, int(threads), int(limit)).serve()
    threading.Thread(target=end_anyway, daemon=True).start()


main()
