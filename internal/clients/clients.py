"""Does the jobs of the client matrix with a Python client; see doc.go.

Reads {"base": URL, "jobs": [...]} from standard input and writes what each job saw as a line of JSON. All jobs run at the same time.
"""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

MODEL = "sonnet-4-x"
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def tool(name, arguments):
    """A tool call in one line; arguments are JSON text or an object."""
    if isinstance(arguments, str):
        arguments = json.loads(arguments)
    return name + " " + json.dumps(arguments, separators=(",", ":"))


def marks_class():
    from pydantic import BaseModel

    class Marks(BaseModel):
        marks: list[str]

    return Marks


# --- openai-python -----------------------------------------------------------------------------------------------------------------------------------


def openai_client(base, job):
    import openai

    return openai.OpenAI(base_url=base + "/v1", api_key=job["key"], max_retries=job["retries"], timeout=job["timeout"])


def openai_chat(base, job):
    client = openai_client(base, job)
    ask = {"model": MODEL, "messages": [{"role": "user", "content": job["prompt"]}], "extra_headers": job["headers"]}
    if job["tools"]:
        function = {"name": "weather", "parameters": {**WEATHER, "additionalProperties": False}, "strict": True}
        ask["tools"] = [{"type": "function", "function": function}]
    if job["schema"] and not job["stream"]:
        return chat_whole(client.chat.completions.parse(response_format=marks_class(), **ask))
    if not job["stream"]:
        return chat_whole(client.chat.completions.create(**ask))
    ask["stream_options"] = {"include_usage": True}
    ids = set()
    if job["helper"]:
        if job["schema"]:
            ask["response_format"] = marks_class()
        with client.chat.completions.stream(**ask) as stream:
            for event in stream:
                if event.type == "chunk":
                    ids.add(event.chunk.id)
            return {**chat_whole(stream.get_final_completion()), "ids": len(ids)}
    seen = {"text": "", "role": "", "finish": ""}
    with client.chat.completions.create(stream=True, **ask) as stream:
        for chunk in stream:
            ids.add(chunk.id)
            seen["model"] = chunk.model
            if chunk.usage:
                seen |= {"prompt": chunk.usage.prompt_tokens, "completion": chunk.usage.completion_tokens}
            for choice in chunk.choices:
                seen["text"] += choice.delta.content or ""
                seen["role"] += choice.delta.role or ""
                seen["finish"] += choice.finish_reason or ""
            if job["leave"] and seen["text"]:
                return {"left": True}
    return {**seen, "ids": len(ids)}


def chat_whole(answer):
    choice = answer.choices[0]
    message = choice.message
    seen = {"text": message.content or "", "role": message.role, "finish": choice.finish_reason, "model": answer.model}
    if answer.usage:
        seen |= {"prompt": answer.usage.prompt_tokens, "completion": answer.usage.completion_tokens}
    if message.tool_calls:
        seen["tool"] = tool(message.tool_calls[0].function.name, message.tool_calls[0].function.arguments)
    if getattr(message, "parsed", None):
        seen["marks"] = message.parsed.marks
    return seen


# --- anthropic ---------------------------------------------------------------------------------------------------------------------------------------


def anthropic_messages(base, job):
    import anthropic

    client = anthropic.Anthropic(base_url=base, api_key=job["key"], max_retries=job["retries"], timeout=job["timeout"])
    ask = {"model": MODEL, "max_tokens": 1000, "messages": [{"role": "user", "content": job["prompt"]}], "extra_headers": job["headers"]}
    if job["tools"]:
        ask["tools"] = [{"name": "weather", "input_schema": WEATHER}]
    if job["schema"] and not job["stream"]:
        return message_whole(client.messages.parse(output_format=marks_class(), **ask))
    if not job["stream"]:
        return message_whole(client.messages.create(**ask))
    if job["helper"]:
        if job["schema"]:
            ask["output_format"] = marks_class()
        with client.messages.stream(**ask) as stream:
            for _ in stream:
                pass
            return message_whole(stream.get_final_message())
    seen = {"text": "", "role": "", "finish": ""}
    with client.messages.create(stream=True, **ask) as stream:
        for event in stream:
            if event.type == "message_start":
                seen |= {"model": event.message.model, "prompt": event.message.usage.input_tokens}
                seen["role"] += event.message.role
            elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                seen["text"] += event.delta.text
            elif event.type == "message_delta":
                seen["finish"] += event.delta.stop_reason or ""
                seen["completion"] = event.usage.output_tokens
                if event.usage.input_tokens is not None:
                    seen["prompt"] = event.usage.input_tokens
            if job["leave"] and seen["text"]:
                return {"left": True}
    return seen


def message_whole(answer):
    seen = {"text": "", "role": answer.role, "finish": answer.stop_reason, "model": answer.model}
    seen |= {"prompt": answer.usage.input_tokens, "completion": answer.usage.output_tokens}
    for block in answer.content:
        if block.type == "text":
            seen["text"] += block.text
        elif block.type == "tool_use":
            seen["tool"] = tool(block.name, block.input)
    if getattr(answer, "parsed_output", None):
        seen["marks"] = answer.parsed_output.marks
    return seen


# --- all -------------------------------------------------------------------------------------------------------------------------------------------

CLIENTS = {
    ("openai1", "chat"): openai_chat,
    ("openai3", "chat"): openai_chat,
    ("anthropic", "messages"): anthropic_messages,
}


def do(base, job):
    job["key"] = "sk-" + job["headers"]["x-cell"].split("/")[0]
    began = time.monotonic()
    try:
        seen = CLIENTS[job["kind"], job["api"]](base, job)
    except Exception as error:  # what the client raises is what is looked at
        seen = {"error": type(error).__name__, "status": getattr(error, "status_code", 0) or 0, "message": str(error)}
    return {**seen, "name": job["headers"]["x-cell"], "seconds": time.monotonic() - began}


def main():
    given = json.load(sys.stdin)
    printing = threading.Lock()

    def report(job):
        seen = json.dumps(do(given["base"], job))
        with printing:
            print(seen, flush=True)

    with ThreadPoolExecutor(len(given["jobs"])) as pool:
        for _ in pool.map(report, given["jobs"]):
            pass


main()
