// Does the jobs of the client matrix with a Node.js client; see doc.go.
//
// Reads {"base": URL, "jobs": [...]} from standard input and writes what each job saw as a line of JSON. All jobs run at the same time. Packages are found
// in CLIENTS_DIR/node, where .ci/clients installed them.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const model = "sonnet-4-x";
const weather = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const resolve = createRequire(process.env.CLIENTS_DIR + "/node/package.json").resolve;
const load = (name) => import(pathToFileURL(resolve(name)));
const inLine = (name, args) => name + " " + (typeof args === "string" ? args : JSON.stringify(args));

// --- openai-node -------------------------------------------------------------------------------------------------------------------------------------

async function openaiClient(name, base, job) {
  const { default: OpenAI } = await load(name);
  return new OpenAI({ baseURL: base + "/v1", apiKey: job.key, maxRetries: job.retries, timeout: job.timeout * 1000 });
}

function openaiChat(name, zod) {
  return async (base, job) => {
    const client = await openaiClient(name, base, job);
    const completions = client.beta?.chat?.completions ?? client.chat.completions; // parse and stream were beta in version 4
    const options = { headers: job.headers };
    const ask = { model, messages: [{ role: "user", content: job.prompt }] };
    if (job.tools) ask.tools = [{ type: "function", function: { name: "weather", parameters: weather, strict: true } }];
    if (job.schema) {
      const { zodResponseFormat } = await load(name + "/helpers/zod");
      const { z } = await load(zod);
      ask.response_format = zodResponseFormat(z.object({ marks: z.array(z.string()) }), "marks");
    }
    if (!job.stream) return chatWhole(await (job.schema ? completions.parse(ask, options) : client.chat.completions.create(ask, options)));
    ask.stream_options = { include_usage: true };
    const ids = new Set();
    if (job.helper) {
      const stream = completions.stream(ask, options);
      stream.on("chunk", (chunk) => ids.add(chunk.id));
      return { ...chatWhole(await stream.finalChatCompletion()), ids: ids.size };
    }
    const seen = { text: "", role: "", finish: "" };
    const stream = await client.chat.completions.create({ ...ask, stream: true }, options);
    for await (const chunk of stream) {
      ids.add(chunk.id);
      seen.model = chunk.model;
      if (chunk.usage) Object.assign(seen, { prompt: chunk.usage.prompt_tokens, completion: chunk.usage.completion_tokens });
      for (const choice of chunk.choices) {
        seen.text += choice.delta.content ?? "";
        seen.role += choice.delta.role ?? "";
        seen.finish += choice.finish_reason ?? "";
      }
      if (job.leave && seen.text) return { left: true }; // leaving the loop aborts the request
    }
    return { ...seen, ids: ids.size };
  };
}

function chatWhole(answer) {
  const { message, finish_reason } = answer.choices[0];
  const seen = { text: message.content ?? "", role: message.role, finish: finish_reason, model: answer.model };
  if (answer.usage) Object.assign(seen, { prompt: answer.usage.prompt_tokens, completion: answer.usage.completion_tokens });
  const call = message.tool_calls?.[0]?.function;
  if (call) seen.tool = inLine(call.name, call.arguments);
  if (message.parsed) seen.marks = message.parsed.marks;
  return seen;
}

async function openaiCompletions(base, job) {
  const client = await openaiClient("openai", base, job);
  const options = { headers: job.headers };
  const ask = { model, prompt: job.prompt, max_tokens: 1000 };
  if (!job.stream) {
    const answer = await client.completions.create(ask, options);
    const usage = { prompt: answer.usage.prompt_tokens, completion: answer.usage.completion_tokens };
    return { text: answer.choices[0].text, finish: answer.choices[0].finish_reason, model: answer.model, ...usage };
  }
  const ids = new Set();
  const seen = { text: "", finish: "" };
  for await (const chunk of await client.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } }, options)) {
    ids.add(chunk.id);
    seen.model = chunk.model;
    if (chunk.usage) Object.assign(seen, { prompt: chunk.usage.prompt_tokens, completion: chunk.usage.completion_tokens });
    for (const choice of chunk.choices) {
      seen.text += choice.text;
      seen.finish += choice.finish_reason ?? "";
    }
    if (job.leave && seen.text) return { left: true };
  }
  return { ...seen, ids: ids.size };
}

async function openaiResponses(base, job) {
  const client = await openaiClient("openai", base, job);
  const options = { headers: job.headers };
  const ask = { model, input: job.prompt };
  if (job.tools) ask.tools = [{ type: "function", name: "weather", parameters: weather, strict: true }];
  if (job.schema) {
    const { zodTextFormat } = await load("openai/helpers/zod");
    const { z } = await load("zod/v4");
    ask.text = { format: zodTextFormat(z.object({ marks: z.array(z.string()) }), "marks") };
  }
  if (!job.stream) return responseWhole(await (job.schema ? client.responses.parse(ask, options) : client.responses.create(ask, options)));
  if (job.helper) return responseWhole(await client.responses.stream(ask, options).finalResponse());
  const ids = new Set();
  let text = "";
  let seen;
  for await (const event of await client.responses.create({ ...ask, stream: true }, options)) {
    if (event.response) ids.add(event.response.id);
    if (event.type === "response.output_text.delta") text += event.delta;
    if (job.leave && text) return { left: true };
    if (event.type === "response.completed") seen = responseWhole(event.response);
  }
  if (!seen) throw new Error("the stream ended without response.completed");
  if (seen.text !== text) throw new Error("the deltas are not the text: " + text);
  return { ...seen, ids: ids.size };
}

function responseWhole(answer) {
  const seen = { text: "", role: "assistant", finish: answer.status, model: answer.model };
  if (answer.usage) Object.assign(seen, { prompt: answer.usage.input_tokens, completion: answer.usage.output_tokens });
  for (const item of answer.output) {
    if (item.type === "function_call") seen.tool = inLine(item.name, item.arguments);
    if (item.type !== "message") continue;
    seen.role = item.role;
    for (const part of item.content) seen.text += part.text ?? "";
  }
  if (answer.output_parsed) seen.marks = answer.output_parsed.marks;
  return seen;
}

// --- @anthropic-ai/sdk -------------------------------------------------------------------------------------------------------------------------------

async function anthropicMessages(base, job) {
  const { default: Anthropic } = await load("@anthropic-ai/sdk");
  const client = new Anthropic({ baseURL: base, apiKey: job.key, maxRetries: job.retries, timeout: job.timeout * 1000 });
  const options = { headers: job.headers };
  const ask = { model, max_tokens: 1000, messages: [{ role: "user", content: job.prompt }] };
  if (job.tools) ask.tools = [{ name: "weather", input_schema: weather }];
  if (job.schema) {
    const { zodOutputFormat } = await load("@anthropic-ai/sdk/helpers/zod");
    const { z } = await load("zod/v4");
    ask.output_config = { format: zodOutputFormat(z.object({ marks: z.array(z.string()) })) };
  }
  if (!job.stream) return messageWhole(await (job.schema ? client.messages.parse(ask, options) : client.messages.create(ask, options)));
  if (job.helper) return messageWhole(await client.messages.stream(ask, options).finalMessage());
  const seen = { text: "", role: "", finish: "" };
  for await (const event of await client.messages.create({ ...ask, stream: true }, options)) {
    if (event.type === "message_start") {
      seen.role += event.message.role;
      Object.assign(seen, { model: event.message.model, prompt: event.message.usage.input_tokens });
    }
    if (event.type === "content_block_delta" && event.delta.type === "text_delta") seen.text += event.delta.text;
    if (event.type === "message_delta") {
      seen.finish += event.delta.stop_reason ?? "";
      seen.completion = event.usage.output_tokens;
      seen.prompt = event.usage.input_tokens ?? seen.prompt;
    }
    if (job.leave && seen.text) return { left: true };
  }
  return seen;
}

function messageWhole(answer) {
  const seen = { text: "", role: answer.role, finish: answer.stop_reason, model: answer.model };
  Object.assign(seen, { prompt: answer.usage.input_tokens, completion: answer.usage.output_tokens });
  for (const block of answer.content) {
    if (block.type === "text") seen.text += block.text;
    if (block.type === "tool_use") seen.tool = inLine(block.name, block.input);
  }
  if (answer.parsed_output) seen.marks = answer.parsed_output.marks;
  return seen;
}

// --- Vercel's ai -------------------------------------------------------------------------------------------------------------------------------------

function vercel(languageModel) {
  return async (base, job) => {
    const { generateText, streamText, tool, jsonSchema, Output } = await load("ai");
    const { z } = await load("zod/v4");
    const ask = { model: await languageModel(base, job), prompt: job.prompt, headers: job.headers, maxRetries: job.retries };
    const leaving = new AbortController();
    ask.abortSignal = AbortSignal.any([AbortSignal.timeout(job.timeout * 1000), leaving.signal]);
    if (job.tools) ask.tools = { weather: tool({ inputSchema: jsonSchema(weather) }) };
    if (job.schema) ask.output = Output.object({ schema: z.object({ marks: z.array(z.string()) }), name: "marks" });
    let answer;
    if (job.stream) {
      let failure;
      answer = streamText({ ...ask, onError: ({ error }) => (failure = error) });
      for await (const part of answer.fullStream) {
        if (job.leave && part.type === "text-delta" && part.text) {
          leaving.abort(); // leaving the loop is not enough
          return { left: true };
        }
        if (part.type === "error") failure = part.error;
      }
      if (failure) throw failure;
    } else {
      answer = await generateText(ask);
    }
    const [text, finish, usage, response, calls] = await Promise.all([answer.text, answer.finishReason, answer.totalUsage, answer.response, answer.toolCalls]);
    const seen = { text, role: "assistant", finish: finish.replace("-", "_"), model: response.modelId, prompt: usage.inputTokens, completion: usage.outputTokens };
    if (calls.length) seen.tool = inLine(calls[0].toolName, calls[0].input);
    if (job.schema) seen.marks = (await answer.output).marks;
    return seen;
  };
}

async function compatible(base, job) {
  const { createOpenAICompatible } = await load("@ai-sdk/openai-compatible");
  return createOpenAICompatible({ name: "haiku", baseURL: base + "/v1", apiKey: job.key, includeUsage: true, supportsStructuredOutputs: true }).chatModel(model);
}

const vercelOpenAI = (api) => async (base, job) => {
  const { createOpenAI } = await load("@ai-sdk/openai");
  return createOpenAI({ baseURL: base + "/v1", apiKey: job.key })[api](model);
};

// --- all ---------------------------------------------------------------------------------------------------------------------------------------------

const clients = {
  "openai4 chat": openaiChat("openai4", "zod"),
  "openai chat": openaiChat("openai", "zod/v4"),
  "openai completions": openaiCompletions,
  "openai responses": openaiResponses,
  "anthropic messages": anthropicMessages,
  "compatible chat": vercel(compatible),
  "ai-openai chat": vercel(vercelOpenAI("chat")),
  "ai-openai responses": vercel(vercelOpenAI("responses")),
};

async function sight(base, job) {
  job.key = "sk-" + job.headers["x-cell"].split("/")[0];
  const began = performance.now();
  let seen;
  try {
    seen = await clients[job.kind + " " + job.api](base, job);
  } catch (error) {
    // What the client raises is what is looked at. openai-node gives its errors no name of their own; ai wraps the last of several attempts.
    const last = error?.lastError ?? error;
    const name = error?.constructor?.name && !["Error", "Object"].includes(error.constructor.name) ? error.constructor.name : error?.name;
    seen = { error: String(name ?? typeof error), status: last?.status ?? last?.statusCode ?? 0, message: String(last?.message ?? JSON.stringify(error)) };
    if (typeof seen.status !== "number") seen.status = 0;
  }
  console.log(JSON.stringify({ ...seen, name: job.headers["x-cell"], seconds: (performance.now() - began) / 1000 }));
}

let given = "";
for await (const piece of process.stdin) given += piece;
const { base, jobs } = JSON.parse(given);
// ai rejects promises of its results that nobody asked for.
process.on("unhandledRejection", () => {});
await Promise.all(jobs.map((job) => sight(base, job)));
process.exit(0);
