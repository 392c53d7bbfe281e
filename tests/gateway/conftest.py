from __future__ import annotations

import ssl

import pytest
import trustme


class Certificates:
    """An authority of our own, and what it signs."""

    def __init__(self) -> None:
        self.authority = trustme.CA()

    def trusted(self) -> ssl.SSLContext:
        """What a client needs to trust the authority."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def server(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(*names or ("127.0.0.1", "localhost")).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def certificates() -> Certificates:
    return Certificates()
