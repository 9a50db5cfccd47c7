"""Does the jobs of the client matrix with a Python client; see doc.go.

Reads {"base": URL, "jobs": [...]} from standard input and writes what each job saw as a line of JSON. All jobs run at the same time.
"""

import asyncio
import inspect
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

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


class Waiting:
    """An asynchronous client, or what it gives, used as the synchronous one: each thing that it would await is waited for on a loop of its own."""

    def __init__(self, it, loop=None):
        self._it, self._loop = it, loop or asyncio.new_event_loop()

    def _wait(self, value):
        while inspect.isawaitable(value):
            value = self._loop.run_until_complete(value)
        if inspect.isroutine(value):
            return lambda *args, **kwargs: self._wait(value(*args, **kwargs))
        if hasattr(value, "__aenter__") or hasattr(value, "__aiter__") or ".resources." in type(value).__module__:
            return Waiting(value, self._loop)
        return value

    def __getattr__(self, name):
        return self._wait(getattr(self._it, name))

    def __enter__(self):
        return self._wait(self._it.__aenter__())

    def __exit__(self, *error):
        self._wait(self._it.__aexit__(*error))

    def __iter__(self):
        items = aiter(self._it)
        while True:
            try:
                yield self._wait(anext(items))
            except StopAsyncIteration:
                return


def waits(job):
    return job["kind"].endswith("-async")


# --- openai-python -----------------------------------------------------------------------------------------------------------------------------------


def openai_client(base, job):
    import openai

    given = {"base_url": base + "/v1", "api_key": job["key"], "max_retries": job["retries"], "timeout": job["timeout"]}
    return Waiting(openai.AsyncOpenAI(**given)) if waits(job) else openai.OpenAI(**given)


def openai_chat(base, job):
    client = openai_client(base, job)
    ask = {"model": job["model"], "messages": [{"role": "user", "content": job["prompt"]}], "extra_headers": job["headers"]}
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


def openai_completions(base, job):
    client = openai_client(base, job)
    ask = {"model": job["model"], "prompt": job["prompt"], "max_tokens": 1000, "extra_headers": job["headers"]}
    if not job["stream"]:
        answer = client.completions.create(**ask)
        seen = {"text": answer.choices[0].text, "finish": answer.choices[0].finish_reason, "model": answer.model}
        return seen | {"prompt": answer.usage.prompt_tokens, "completion": answer.usage.completion_tokens}
    ids = set()
    seen = {"text": "", "finish": ""}
    with client.completions.create(stream=True, stream_options={"include_usage": True}, **ask) as stream:
        for chunk in stream:
            ids.add(chunk.id)
            seen["model"] = chunk.model
            if chunk.usage:
                seen |= {"prompt": chunk.usage.prompt_tokens, "completion": chunk.usage.completion_tokens}
            for choice in chunk.choices:
                seen["text"] += choice.text
                seen["finish"] += choice.finish_reason or ""
            if job["leave"] and seen["text"]:
                return {"left": True}
    return {**seen, "ids": len(ids)}


def openai_responses(base, job):
    client = openai_client(base, job)
    ask = {"model": job["model"], "input": job["prompt"], "extra_headers": job["headers"]}
    if job["tools"]:
        ask["tools"] = [{"type": "function", "name": "weather", "parameters": {**WEATHER, "additionalProperties": False}, "strict": True}]
    if job["schema"] and not job["stream"]:
        return response_whole(client.responses.parse(text_format=marks_class(), **ask))
    if not job["stream"]:
        return response_whole(client.responses.create(**ask))
    if job["helper"]:
        if job["schema"]:
            ask["text_format"] = marks_class()
        with client.responses.stream(**ask) as stream:
            for _ in stream:
                pass
            return response_whole(stream.get_final_response())
    ids, text, seen = set(), "", None
    with client.responses.create(stream=True, **ask) as stream:
        for event in stream:
            if hasattr(event, "response"):
                ids.add(event.response.id)
            if event.type == "response.output_text.delta":
                text += event.delta
                if job["leave"]:
                    return {"left": True}
            elif event.type == "response.completed":
                seen = response_whole(event.response)
    if seen is None or seen["text"] != text:
        raise ValueError(f"the deltas give {text!r}, the end {seen}")
    return {**seen, "ids": len(ids)}


def response_whole(answer):
    seen = {"text": answer.output_text, "role": "assistant", "finish": answer.status, "model": answer.model}
    if answer.usage:
        seen |= {"prompt": answer.usage.input_tokens, "completion": answer.usage.output_tokens}
    for item in answer.output:
        if item.type == "function_call":
            seen["tool"] = tool(item.name, item.arguments)
        elif item.type == "message":
            seen["role"] = item.role
    if getattr(answer, "output_parsed", None):
        seen["marks"] = answer.output_parsed.marks
    return seen


# --- langchain-openai --------------------------------------------------------------------------------------------------------------------------------


def langchain(base, job):
    from langchain_openai import ChatOpenAI

    llm = ChatOpenAI(
        model=job["model"],
        base_url=base + "/v1",
        api_key=job["key"],
        default_headers=job["headers"],
        max_retries=job["retries"],
        timeout=job["timeout"],
        stream_usage=True,
        use_responses_api=job["api"] == "responses",
    )
    if job["tools"]:
        llm = llm.bind_tools([{"type": "function", "function": {"name": "weather", "description": "", "parameters": WEATHER}}])
    if job["schema"]:
        llm = llm.with_structured_output(marks_class(), method="json_schema", include_raw=True)
        if not job["stream"]:
            both = llm.invoke(job["prompt"])
        else:
            both = {}
            for piece in llm.stream(job["prompt"]):
                both |= {key: both[key] + value if key == "raw" and key in both else value for key, value in piece.items()}
        return langchain_whole(both["raw"]) | {"marks": both["parsed"].marks}
    if not job["stream"]:
        return langchain_whole(llm.invoke(job["prompt"]))
    whole = None
    stream = llm.stream(job["prompt"])
    for chunk in stream:
        whole = chunk if whole is None else whole + chunk
        if job["leave"] and whole.text:
            stream.close()
            return {"left": True}
    return langchain_whole(whole)


def langchain_whole(message):
    about = message.response_metadata
    seen = {"text": str(message.text), "role": "assistant" if message.type in ("ai", "AIMessageChunk") else message.type}
    seen |= {"finish": about.get("finish_reason") or about.get("status"), "model": about.get("model_name")}
    if message.usage_metadata:
        seen |= {"prompt": message.usage_metadata["input_tokens"], "completion": message.usage_metadata["output_tokens"]}
    if message.tool_calls:
        seen["tool"] = tool(message.tool_calls[0]["name"], message.tool_calls[0]["args"])
    return seen


# --- llama-index -------------------------------------------------------------------------------------------------------------------------------------


def weather(city: str) -> str:
    """The weather of a city."""
    return city


def llama_openai(base, job):
    from llama_index.llms.openai import OpenAI

    return llama(OpenAI, base, job)


def llama_like(base, job):
    from llama_index.llms.openai_like import OpenAILike

    kinds = {"is_chat_model": True, "is_function_calling_model": True, "should_use_structured_outputs": True, "context_window": 200_000}
    return llama(OpenAILike, base, job, **kinds)


def llama(cls, base, job, **more):
    import openai
    from llama_index.core.llms import ChatMessage
    from llama_index.core.tools import FunctionTool

    connections = openai.DefaultHttpxClient()
    llm = cls(
        model=job["model"],
        api_base=base + "/v1",
        api_key=job["key"],
        default_headers=job["headers"],
        max_retries=job["retries"],
        timeout=job["timeout"],
        http_client=connections,
        **more,
    )
    ask = [ChatMessage(role="user", content=job["prompt"])]
    usage = {"stream_options": {"include_usage": True}} if job["stream"] else {}
    if job["schema"]:
        llm = llm.as_structured_llm(marks_class())
        if not job["stream"]:
            answer = llm.chat(ask)
        else:
            for answer in llm.stream_chat(ask):
                pass
        return {"text": answer.message.content, "role": answer.message.role.value, "marks": answer.raw.marks}
    if job["tools"]:
        tools = [FunctionTool.from_defaults(weather)]
        answers = llm.stream_chat_with_tools(tools, chat_history=ask) if job["stream"] else [llm.chat_with_tools(tools, chat_history=ask)]
        seen = {"finish": ""}
        for answer in answers:
            seen |= {"role": getattr(answer.message.role, "value", answer.message.role), "model": answer.raw.model}
            for choice in answer.raw.choices:
                seen["finish"] += choice.finish_reason or ""
        call = llm.get_tool_calls_from_response(answer)[0]
        return {**seen, "tool": tool(call.tool_name, call.tool_kwargs)}
    if not job["stream"]:
        answer = llm.chat(ask)
        return {**chat_whole(answer.raw), "text": answer.message.content, "role": answer.message.role.value}
    seen = {"text": "", "finish": ""}
    stream = llm.stream_chat(ask, **usage)
    for answer in stream:
        seen |= {"role": getattr(answer.message.role, "value", answer.message.role), "model": answer.raw.model}
        seen["text"] += answer.delta
        if answer.raw.usage:
            seen |= {"prompt": answer.raw.usage.prompt_tokens, "completion": answer.raw.usage.completion_tokens}
        for choice in answer.raw.choices:
            seen["finish"] += choice.finish_reason or ""
        if job["leave"] and seen["text"]:
            stream.close()
            connections.close()  # closing the generator leaves the response to the garbage collector
            return {"left": True}
    if seen["text"] != answer.message.content:
        raise ValueError(f"the deltas give {seen['text']!r}, the end {answer.message.content!r}")
    return seen


# --- anthropic ---------------------------------------------------------------------------------------------------------------------------------------


def anthropic_messages(base, job):
    import anthropic

    given = {"base_url": base, "api_key": job["key"], "max_retries": job["retries"], "timeout": job["timeout"]}
    client = Waiting(anthropic.AsyncAnthropic(**given)) if waits(job) else anthropic.Anthropic(**given)
    ask = {"model": job["model"], "max_tokens": 1000, "messages": [{"role": "user", "content": job["prompt"]}], "extra_headers": job["headers"]}
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
    ("openai1", "responses"): openai_responses,
    ("openai3", "chat"): openai_chat,
    ("openai3", "completions"): openai_completions,
    ("openai3", "responses"): openai_responses,
    ("openai3-async", "chat"): openai_chat,
    ("openai3-async", "responses"): openai_responses,
    ("langchain", "chat"): langchain,
    ("langchain", "responses"): langchain,
    ("llama-openai", "chat"): llama_openai,
    ("llama-like", "chat"): llama_like,
    ("anthropic", "messages"): anthropic_messages,
    ("anthropic-async", "messages"): anthropic_messages,
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

    # One job of each API goes before the others: clients import as they go, and imports of several threads can lock each other out.
    first = {job["api"]: job for job in reversed(given["jobs"])}
    for job in first.values():
        report(job)
    with ThreadPoolExecutor(len(given["jobs"])) as pool:
        for _ in pool.map(report, (job for job in given["jobs"] if job not in first.values())):
            pass


main()
