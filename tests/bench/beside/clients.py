"""The clients that are measured, each as its users write it. `clients.py NAME DIALECT URL EVENTS`.

Each posts, reads the whole stream, joins the deltas' text and counts them. This runs in the peers' environment, too:
every import is the client's own.
"""

from __future__ import annotations

import sys
from typing import Any

QUESTION = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Go on."}], "stream": True}


def ours(dialect: str, url: str) -> int:
    """A call of genesys-tui: bytes → event → chunk → delta → metrics, its facts told to whoever asked."""
    from genesys_tui.call import Call
    from genesys_tui.gateway.client import Gateway
    from genesys_tui.gateway.endpoint import Endpoint
    from genesys_tui.gateway.facts import Delta
    from genesys_tui.gateway.payload import build_payload

    class Anyone:
        def token(self) -> str:
            return "measured"

        def renew(self, rejected: str) -> str:
            return rejected

    class Nowhere:
        """The ledger is measured by itself."""

        def start(self, record: Any, messages: Any) -> None:
            pass

        def end(self, record: Any, reply: str) -> None:
            pass

    payload = build_payload({"model": "gpt-4o-mini", "input": {"messages": QUESTION["messages"]}})
    gateway = Gateway(Endpoint(url, dialect=dialect), Anyone())  # type: ignore[arg-type]
    texts = [fact.content for fact in Call(payload, gateway, Nowhere()).run() if isinstance(fact, Delta)]
    "".join(texts)
    return len(texts)


def openai_python(dialect: str, url: str) -> int:
    """openai-python. It validates nothing, and so reads the gateway's own chunks as well."""
    from openai import OpenAI

    client: Any = OpenAI(base_url=url + "/v1", api_key="measured")
    texts = []
    for chunk in client.chat.completions.create(**QUESTION):
        text = chunk.content if dialect == "genesys" else chunk.choices[0].delta.content
        if text is not None:
            texts.append(text)
    "".join(texts)
    return len(texts)


def httpx_sse(dialect: str, url: str) -> int:
    """httpx-sse and a pydantic model."""
    import httpx
    from httpx_sse import connect_sse

    validate, content = _model(dialect)
    texts = []
    with httpx.Client() as client, connect_sse(client, "POST", url, json=QUESTION) as source:
        for event in source.iter_sse():
            if event.data == "[DONE]":
                break
            texts.append(content(validate.model_validate_json(event.data)))
    "".join(texts)
    return len(texts)


def sketch(dialect: str, url: str) -> int:
    """The mission's sketch as it meant to be, in our reading: lines, json, a pydantic model made from the fields."""
    import json

    import httpx

    model, content = _model(dialect)
    texts = []
    with httpx.Client() as client, client.stream("POST", url, json=QUESTION) as response:
        for line in response.iter_lines():
            if not line.startswith("data: "):
                continue
            data = line[6:]
            if data == "[DONE]":
                break
            texts.append(content(model(**json.loads(data))))
    "".join(texts)
    return len(texts)


def _model(dialect: str) -> tuple[Any, Any]:
    from typing import Optional

    from pydantic import BaseModel

    if dialect == "genesys":

        class StreamChunk(BaseModel):
            chunk_id: str
            content: str
            tokens_generated: int
            is_complete: bool
            metadata: Optional[dict[str, Any]] = None  # noqa: UP045

        return StreamChunk, lambda chunk: chunk.content

    class Delta(BaseModel):
        content: Optional[str] = None  # noqa: UP045

    class Choice(BaseModel):
        index: int
        delta: Delta
        finish_reason: Optional[str] = None  # noqa: UP045

    class Completion(BaseModel):
        id: str
        object: str
        created: int
        model: str
        choices: list[Choice]

    # Local names are not found by themselves where annotations are strings.
    Choice.model_rebuild(_types_namespace={"Delta": Delta, "Optional": Optional})
    Completion.model_rebuild(_types_namespace={"Choice": Choice})
    return Completion, lambda chunk: chunk.choices[0].delta.content


CLIENTS = {"ours": ours, "openai-python": openai_python, "httpx-sse": httpx_sse, "sketch": sketch}

if __name__ == "__main__":
    name, dialect, url, events = sys.argv[1:]
    count = CLIENTS[name](dialect, url)
    assert count == int(events), f"{name} saw {count} of {events} events"
