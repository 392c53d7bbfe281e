"""Where the faults of a network happen: servers on loopback, and the settings that lead to them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import trustme
from faults.network_faults import Fault
from gateway.raw_server import RawServer

from genesys_tui.gateway.endpoint import Endpoint


class Authority(NamedTuple):
    """Who signs the servers' certificates, and a stranger."""

    own: trustme.CA
    stranger: trustme.CA
    bundle: Path
    """The certificate of the first."""

    def server(self, fault: Fault) -> ssl.SSLContext | None:
        if not fault.where.startswith("https"):
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        signer = self.stranger if fault.where == "https of a stranger" else self.own
        name = "elsewhere.test" if fault.where == "https by another name" else "127.0.0.1"
        signer.issue_cert(name).configure_cert(context)
        return context

    def endpoint(self, url: str) -> Endpoint:
        return Endpoint(url, trust=partial(ssl.create_default_context, cafile=str(self.bundle)))


def authority(folder: Path) -> Authority:
    made = Authority(trustme.CA(), trustme.CA(), folder / "ca.pem")
    made.own.cert_pem.write_to_path(str(made.bundle))
    return made


@contextmanager
def served(fault: Fault, signer: Authority) -> Iterator[str]:
    """The base URL at which it happens."""
    with RawServer(fault.steps, tls=signer.server(fault), at_once=fault.at_once) as server:
        if fault.where != "nowhere":
            yield server.url.replace("http:", "https:") if "in place of" in fault.where else server.url
            return
    yield server.url  # where nothing listens any more
