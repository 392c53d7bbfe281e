"""Everything that can go wrong, as sentences that say what to do.

    GenesysError
    ├── ConfigurationError          a setting, flag or payload value that cannot be used
    ├── SignInError                 no access token could be had
    │   ├── CredentialsMissing      there are no credentials to sign in with
    │   ├── CredentialsRejected     Genesys Cloud refused the client id, the secret or the region
    │   └── SecretStoreError        the keyring is missing, locked, hanging, or only pretends to keep things
    ├── GatewayError                the call could not be made, or its answer not be used
    │   ├── Refused                 the gateway gave an answer that another try would not change
    │   │   ├── NotServed           404: nothing is served at this path
    │   │   └── RateLimited         429, and no retry left or allowed
    │   ├── Unavailable             502, 503, 504, and no retry left
    │   ├── Unreachable             no connection, or it ended before an answer
    │   │   ├── Untrusted           the server's certificate does not hold; no retry would help
    │   │   │   └── NotAdmitted     the server wants a client certificate, or another one
    │   │   └── ProxyRefused        the proxy does not lead there; no retry would help
    │   ├── NotAnEventStream        an answer that is no stream of server-sent events
    │   ├── BrokenOff               the gateway gave up in the midst of its answer
    │   └── TimedOut                no answer within the limits of the request
    └── LedgerError                 the audit file cannot be read or written

Each has a ``kind``, the word that stands for it in a record's ``error.kind``.
"""

from __future__ import annotations

from typing import ClassVar


class GenesysError(Exception):
    """The root. Its message is one or two plain sentences; the last one says what to do."""

    kind: ClassVar[str] = "error"

    def __init__(self, message: str, *, status_code: int | None = None, correlation_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        """The HTTP status that was answered, where there was one."""
        self.correlation_id = correlation_id
        """The ``ININ-Correlation-Id`` of the answer: what Genesys support asks for."""


class ConfigurationError(GenesysError):
    """A setting, flag or payload value that cannot be used."""

    kind = "configuration"


class SignInError(GenesysError):
    """No access token could be had."""

    kind = "sign_in"


class CredentialsMissing(SignInError):
    """There are no credentials to sign in with."""


class CredentialsRejected(SignInError):
    """Genesys Cloud refused the client id, the secret or the region."""


class SecretStoreError(SignInError):
    """The keyring is missing, locked, hanging, or only pretends to keep things."""

    kind = "keyring"


class GatewayError(GenesysError):
    """The call could not be made, or its answer not be used."""

    kind = "gateway"
    said: tuple[str, ...] = ()
    """All that a refusal said, at full length, without what it repeats of the request. To look into, not to show."""


class Refused(GatewayError):
    """The gateway answered with a status that another try would not change."""

    kind = "refused"


class NotServed(Refused):
    """404: nothing is served at this path."""

    kind = "not_served"


class RateLimited(Refused):
    """429, and no retry left or allowed."""

    kind = "rate_limited"
    retry_after: float | None = None
    """Seconds the gateway asked to wait."""


class Unavailable(GatewayError):
    """502, 503 or 504, and no retry left."""

    kind = "unavailable"
    retry_after: float | None = None
    """Seconds the gateway asked to wait."""


class Unreachable(GatewayError):
    """No connection, or it ended before there was an answer."""

    kind = "unreachable"


class Untrusted(Unreachable):
    """The server's certificate does not hold. Not retried."""

    kind = "untrusted"


class NotAdmitted(Untrusted):
    """The server wants a client certificate, or another one. Not retried."""

    kind = "client_certificate"


class ProxyRefused(Unreachable):
    """The proxy does not lead there. Not retried."""

    kind = "proxy"


class NotAnEventStream(GatewayError):
    """The answer was no stream of server-sent events."""

    kind = "not_an_event_stream"


class BrokenOff(GatewayError):
    """The gateway gave up in the midst of its answer, with an error in place of the rest. Not retried."""

    kind = "broken_off"


class TimedOut(GatewayError):
    """No answer began within the limits of the request."""

    kind = "timeout"


class LedgerError(GenesysError):
    """The audit file cannot be read or written."""

    kind = "ledger"
