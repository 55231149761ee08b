#!/usr/bin/env python3
"""Writes requests.json: the bodies that the Python reference (wayflowcore 26.3.1) sends for the prompts of request_test.go.

    python reference.py > requests.json          # in an environment that has wayflowcore
"""
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
os.environ["OPENAI_API_KEY"] = "unused"

from wayflowcore.messagelist import ImageContent, Message, TextContent
from wayflowcore.models import LlmGenerationConfig, OllamaModel, OpenAIAPIType, OpenAICompatibleModel, OpenAIModel, Prompt
from wayflowcore.models._modelhelpers import _supports_tool_role
from wayflowcore.property import Property
from wayflowcore.tools import ServerTool, ToolRequest, ToolResult

CHAT, RESPONSES = OpenAIAPIType.CHAT_COMPLETIONS, OpenAIAPIType.RESPONSES


def compatible(model_id="tiny", api=CHAT):
    return OpenAICompatibleModel(model_id=model_id, base_url="http://localhost:1", api_key="unused", api_type=api)


def openai(model_id="gpt-4o", api=CHAT):
    return OpenAIModel(model_id=model_id, api_key="unused", api_type=api)


def text(role, content):
    return Message(role=role, contents=[TextContent(content)])


HELLO = [text("user", "Hello?")]
SCHEMAS = [
    {"title": "city", "type": "string", "description": "where"},
    {"title": "days", "type": "integer", "default": 3},
    {"title": "unit", "anyOf": [{"type": "string", "enum": ["C", "F"]}, {"type": "null"}], "default": None},
    {"title": "place", "type": "object", "required": ["lat"], "properties": {
        "lat": {"type": "number"}, "name": {"type": ["string", "null"], "description": "if known"},
        "tags": {"type": "array", "items": {"type": "string", "description": "a tag"}}}},
    {"title": "closed", "type": "object", "additionalProperties": False, "properties": {"a": {}}},
    {"title": "options", "type": "object", "additionalProperties": {"anyOf": [{"type": "boolean"}, {"type": "null"}]}},
    {"title": "free", "type": "object", "additionalProperties": True},
    {"title": "anything"},
    {"title": "bare", "type": "object"},
    {"title": "either", "type": ["string", "integer"]},
    {"title": "vector", "type": "array", "items": {"type": "number"}, "x_vector_property": True},
]


def tools():
    return [
        ServerTool(name="get_weather", description="the weather", func=lambda **k: None, output_descriptors=[],
                   input_descriptors=[Property.from_json_schema(s) for s in SCHEMAS]),
        ServerTool(name="get_time", description="", func=lambda **k: None, output_descriptors=[], input_descriptors=[]),
    ]


def conversation():
    return [
        text("system", "Be brief. Zoë & <b>"),
        Message(role="user", contents=[TextContent("What is here?"), ImageContent("data:image/png;base64,iVBORw0KGgo=")]),
        text("assistant", "A pixel."),
        Message(role="user", contents=[]),
        Message(role="assistant", contents=[TextContent("Let me look.")], tool_requests=[
            ToolRequest(name="get_weather", args={"city": "Zürich", "days": 3, "ratio": 1.0}, tool_request_id="call_1"),
            ToolRequest(name="get_time", args={}, tool_request_id="call_2"),
        ]),
        Message(tool_result=ToolResult(content="<sunny> & \u00fc \U0001f600 \x7f", tool_request_id="call_1")),
        Message(tool_result=ToolResult(content={"at": [12, 30, None, True, 1.5], "zone": "ü"}, tool_request_id="call_2")),
    ]


def extras():
    m = text("assistant", "I think.")
    m._extra_content = {"google": {"thought_signature": "abc"}}
    r = Message(role="assistant", tool_requests=[
        ToolRequest(name="get_time", args={}, tool_request_id="c1", _extra_content={"google": {"thought_signature": "def"}})])
    r._extra_content = {"k": 1}
    return [text("user", "Hi"), m, r, Message(tool_result=ToolResult(content=7, tool_request_id="c1"))]


def reasoning():
    m = text("assistant", "I think.")
    m._reasoning_content = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]}
    r = Message(role="assistant", tool_requests=[ToolRequest(name="get_time", args={}, tool_request_id="c1")])
    r._reasoning_content = {"type": "reasoning", "id": "rs_2", "summary": [], "content": [{"type": "reasoning_text", "text": "ho"}]}
    return [text("user", "Hi"), m, r, Message(tool_result=ToolResult(content=7, tool_request_id="c1"))]


FORMAT = {"title": "result", "type": "object", "description": "the order", "properties": {
    "customer": {"type": "string", "description": "who"}, "express": {"type": "boolean", "default": False},
    "items": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
    "note": {"type": ["string", "null"]}, "closed": {"type": "object", "properties": {}, "additionalProperties": False}}}
FREE = {"title": "free_keys", "type": "object", "additionalProperties": {"type": "integer"}}


def config(**kw):
    return LlmGenerationConfig(**kw)


CASES = {
    "chat text": (compatible(), dict(messages=HELLO), False),
    "chat stream": (compatible(), dict(messages=HELLO), True),
    "chat openai": (openai(), dict(messages=HELLO), True),
    "chat conversation": (compatible(), dict(messages=conversation()), False),
    "chat extra content": (compatible(), dict(messages=extras()), False),
    "chat tools": (compatible(), dict(messages=HELLO, tools=tools()), False),
    "chat structured": (compatible(), dict(messages=HELLO, response_format=Property.from_json_schema(FORMAT)), False),
    "chat free keys": (compatible(), dict(messages=HELLO, response_format=Property.from_json_schema(FREE)), False),
    "chat parameters": (compatible(), dict(messages=HELLO, generation_config=config(
        max_tokens=12, temperature=0.7, top_p=0.9, stop=["\n"], frequency_penalty=0.5, top_logprobs=2,
        extra_args={"seed": 7, "reasoning_effort": "", "chat_template_kwargs": {"enable_thinking": False}})), False),
    "chat effort none": (compatible(), dict(messages=HELLO, generation_config=config(extra_args={"reasoning_effort": "none"})), False),
    "chat gemma 3": (compatible("google/gemma-3-27b-it"), dict(messages=conversation()), False),
    "chat gemma 4": (compatible("google/gemma-4-27b-it"), dict(messages=conversation()), False),
    "chat ollama": (OllamaModel(model_id="llama3.2"), dict(messages=[text("system", "Say hi.")]), False),
    "chat gpt-5.4": (openai("gpt-5.4"), dict(messages=HELLO, tools=tools()[1:], generation_config=config(
        extra_args={"reasoning_effort": "High"})), False),
    "responses text": (compatible(api=RESPONSES), dict(messages=HELLO), False),
    "responses openai": (openai(api=RESPONSES), dict(messages=HELLO), True),
    "responses conversation": (compatible(api=RESPONSES), dict(messages=conversation()), False),
    "responses reasoning": (compatible(api=RESPONSES), dict(messages=reasoning()), False),
    "responses tools": (compatible(api=RESPONSES), dict(messages=HELLO, tools=tools()), False),
    "responses structured": (compatible(api=RESPONSES), dict(messages=HELLO, response_format=Property.from_json_schema(FORMAT)), False),
    "responses parameters": (compatible(api=RESPONSES), dict(messages=HELLO, generation_config=config(
        max_tokens=12, temperature=0.7, top_p=0.9, top_logprobs=2, extra_args={"reasoning": {"effort": "low"}, "max_tool_calls": 3})), False),
}


def body(model, arguments, stream):
    prompt = model._pre_process(Prompt(**arguments))
    prompt, processor = model._prepare_prompt_and_api_processor(prompt)
    request = processor._generate_request_params(prompt, stream=stream, supports_tool_role=_supports_tool_role(model.model_id))
    if "prompt_cache_key" in request["json"]:
        request["json"]["prompt_cache_key"] = "KEY"
    return {"url": request["url"], "body": request["json"]}


if __name__ == "__main__":
    json.dump({name: body(*case) for name, case in CASES.items()}, sys.stdout, indent=1)
    print()
