"""The specification of WHATWG, read aloud: slow, literal, and with the whole stream in hand.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.sse_cases import Says


@dataclass
class Stream:
    """The buffers of section 9.2.6, under the names they have there."""

    data_buffer: str = ""
    event_type_buffer: str = ""
    last_event_id_buffer: str = ""
    reconnection_time: int | None = None
    dispatched: list[Says] = field(default_factory=list)

    def process_field(self, name: str, value: str) -> None:
        if name == "event":
            self.event_type_buffer = value
        elif name == "data":
            self.data_buffer += value + "\n"
        elif name == "id":
            if "\0" not in value:
                self.last_event_id_buffer = value
        elif name == "retry" and re.fullmatch("[0-9]+", value):
            self.reconnection_time = int(value)

    def dispatch(self) -> None:
        if self.data_buffer == "":
            self.event_type_buffer = ""
            return
        data = self.data_buffer[:-1] if self.data_buffer.endswith("\n") else self.data_buffer
        self.dispatched.append(Says(data, self.event_type_buffer or "message", self.last_event_id_buffer))
        self.data_buffer = self.event_type_buffer = ""


def interpret(raw: bytes) -> Stream:
    text = raw.decode("utf-8", "replace")  # UTF-8 decode: one leading byte order mark is stripped
    text = text[1:] if text.startswith("\ufeff") else text
    stream = Stream()
    lines = re.split("\r\n|\r|\n", text)
    for line in lines[:-1]:  # the last one has no end: it is incomplete
        if line == "":
            stream.dispatch()
        elif line.startswith(":"):
            pass
        elif ":" in line:
            name, value = line.split(":", 1)
            stream.process_field(name, value[1:] if value.startswith(" ") else value)
        else:
            stream.process_field(line, "")
    return stream
