"""Answers, line by line, what the reference makes of a text: {"kind": ..., "text": ...} -> a JSON value."""

import json
import sys

import json_repair

from wayflowcore._utils.formatting import correct_arguments
from wayflowcore.messagelist import Message
from wayflowcore.outputparser import JsonToolOutputParser, PythonToolOutputParser
from wayflowcore.templates._managerworkerstemplate import ManagerWorkersJsonToolOutputParser
from wayflowcore.templates.llamatemplates import _LlamaMergeToolRequestAndCallsTransform
from wayflowcore.templates.pythoncalltemplates import _PythonMergeToolRequestAndCallsTransform
from wayflowcore.templates.reacttemplates import ReactToolOutputParser, _ReactMergeToolRequestAndCallsTransform
from wayflowcore.tools import ToolRequest, ToolResult
from wayflowcore.transforms import CanonicalizationMessageTransform

parsers = {
    "json": JsonToolOutputParser(),
    "python": PythonToolOutputParser(),
    "react": ReactToolOutputParser(),
    "thought": ManagerWorkersJsonToolOutputParser(),
}
transforms = {
    "llama": _LlamaMergeToolRequestAndCallsTransform(),
    "pythonic": _PythonMergeToolRequestAndCallsTransform(),
    "canonical": CanonicalizationMessageTransform(),
}


def message(m):
    return Message(
        role=m["role"],
        content=m.get("text", ""),
        tool_requests=[ToolRequest(name=r["name"], args=r["args"], tool_request_id=r["id"]) for r in m["requests"]]
        if "requests" in m
        else None,
        tool_result=ToolResult(content=m["result"]["content"], tool_request_id=m["result"]["id"]) if "result" in m else None,
    )


def shown(m):
    out = {"role": m.role, "text": m.content if m.tool_result is None else "\n".join(c.content for c in m.contents)}
    if m.tool_requests:
        out["requests"] = [{"name": r.name, "args": r.args, "id": r.tool_request_id} for r in m.tool_requests]
    if m.tool_result is not None:
        out["result"] = {"content": m.tool_result.content, "id": m.tool_result.tool_request_id}
    return out


def answer(q):
    kind = q["kind"]
    if kind == "repair":
        return json_repair.loads(q["text"])
    if kind == "arguments":
        return correct_arguments(q["args"], q["schema"])
    if kind in transforms:
        try:
            return [shown(m) for m in transforms[kind]([message(m) for m in q["messages"]])]
        except Exception:
            return "error"
    m = parsers[kind].parse_output(Message(role="assistant", content=q["text"]))
    calls = [{"name": r.name, "args": r.args} for r in m.tool_requests or []]
    return {"thought": m.content if calls else "", "calls": calls}


def jsonable(v):
    try:
        return json.dumps(v)
    except TypeError:
        return json.dumps("unjsonable")


for line in sys.stdin:
    try:
        print(jsonable(answer(json.loads(line))), flush=True)
    except Exception as e:
        print(json.dumps({"exception": repr(e)}), flush=True)
