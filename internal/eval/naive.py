"""Naive map-reduce by a library's own chain, for comparison: reads {"base", "instruction", "text", "chunk", "window", "answer"} on stdin, writes {"answer"}.

    python naive.py langchain|llamaindex

The library cuts the text, puts the instruction to every piece and combines the partial answers, with its own splitter and its own order of calls.
"""
import json
import sys

MAP = "{instruction}\n\nThis is one part of the text. If it holds nothing for the task, say so.\n\n{text}"
REDUCE = "{instruction}\n\nThe text was too long and was read in parts. These are the answers for the parts, in order. Give the answer for the whole text.\n\n{text}"


def langchain(job):
    from langchain_classic.chains.summarize import load_summarize_chain
    from langchain_core.documents import Document
    from langchain_core.prompts import PromptTemplate
    from langchain_openai import ChatOpenAI
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    model = ChatOpenAI(base_url=job["base"], api_key="none", model="gpt-4o-mini", temperature=0, max_tokens=job["answer"], timeout=3600, max_retries=0,
                       custom_get_token_ids=lambda text: list(range(len(text) // 4)))  # tiktoken would fetch its vocabulary
    splitter = RecursiveCharacterTextSplitter(chunk_size=4 * job["chunk"], chunk_overlap=0)
    prompt = lambda words: PromptTemplate(template=words.replace("{instruction}", "{{ instruction }}").replace("{text}", "{{ text }}"),
                                          template_format="jinja2", input_variables=["text"], partial_variables={"instruction": job["instruction"]})
    chain = load_summarize_chain(model, chain_type="map_reduce", map_prompt=prompt(MAP), combine_prompt=prompt(REDUCE), token_max=job["window"] // 2)
    documents = [Document(page_content=piece) for piece in splitter.split_text(job["text"])]
    return chain.invoke({"input_documents": documents})["output_text"]


def llamaindex(job):
    from llama_index.core import PromptHelper, PromptTemplate
    from llama_index.core.node_parser import TokenTextSplitter
    from llama_index.core.response_synthesizers import TreeSummarize
    from llama_index.llms.openai_like import OpenAILike

    model = OpenAILike(api_base=job["base"], api_key="none", model="local", is_chat_model=True, temperature=0, max_tokens=job["answer"], timeout=3600, max_retries=0,
                       context_window=job["window"])
    template = PromptTemplate("Context information from several parts of a text is below.\n{context_str}\nGiven this and nothing else, carry out the task.\n{query_str}\n")
    # The helper repacks pieces up to its window, so a window of one chunk makes it map before it reduces.
    helper = PromptHelper(context_window=job["chunk"] + job["answer"] + 400, num_output=job["answer"], chunk_overlap_ratio=0)
    pieces = TokenTextSplitter(chunk_size=job["chunk"], chunk_overlap=0).split_text(job["text"])
    return str(TreeSummarize(llm=model, prompt_helper=helper, summary_template=template).get_response(job["instruction"], pieces))


if __name__ == "__main__":
    print(json.dumps({"answer": {"langchain": langchain, "llamaindex": llamaindex}[sys.argv[1]](json.load(sys.stdin))}))
