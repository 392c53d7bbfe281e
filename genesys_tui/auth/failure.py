"""Why a sign-in failed, in sentences that say what to do."""

from __future__ import annotations

from urllib.parse import urlsplit

from genesys_tui.auth.answer import Answer
from genesys_tui.auth.regions import describe_place, login_url
from genesys_tui.auth.token import READY_TOKEN, Token
from genesys_tui.errors import ConfigurationError, CredentialsRejected, GenesysError, SignInError

OAUTH_PAGE = "Admin › Integrations › OAuth"


def explain(answer: Answer, api_url: str, source: str) -> GenesysError:
    """Put a failed answer into words.

    Args:
        answer: what the child said; its outcome is not ``signed_in``.
        api_url: the API host it was about.
        source: where the credentials came from, in words.
    """
    if answer.outcome == "configuration":
        return ConfigurationError(answer.detail or "")
    error_class = CredentialsRejected if answer.outcome == "rejected" else SignInError
    return error_class(
        _sentence(answer, api_url, source), status_code=answer.status_code, correlation_id=answer.correlation_id
    )


def explain_refused_token() -> SignInError:
    """Say that a ready token was answered with a 401: nothing can renew that one."""
    return CredentialsRejected(
        f"The access token in {READY_TOKEN} was refused (401): it has expired, or is another region's. "
        "Set a new one; or unset it, and genesys-tui signs in with the client id and secret.",
        status_code=401,
    )


def explain_missing_scopes(token: Token) -> SignInError:
    """Say which scopes a token lacks, and where they are added."""
    return SignInError(
        f"The access token lacks the scopes {' and '.join(token.missing_scopes)}. "
        f"Add them to the OAuth client at {OAUTH_PAGE}, then sign in again."
    )


def _sentence(answer: Answer, api_url: str, source: str) -> str:
    host = urlsplit(login_url(api_url)).netloc
    said = f" ({answer.detail})" if answer.detail else ""
    if answer.outcome == "rejected":
        return _rejection(answer, api_url, source, said)
    sentences = {
        "rate_limited": f"{host} is limiting how often this client may sign in{said}. Wait a minute and try again.",
        "unreachable": f"{host} cannot be reached{said}. Check the network, the VPN, the region and the proxy "
        "(HTTPS_PROXY).",
        "timeout": f"{host} did not answer in time{said}. Try again, and check the network, the VPN and the proxy.",
        "tls": f"The certificate of {host} is not to be trusted{said}. If a proxy of your organization inspects TLS, "
        "point the setting `ca_bundle` (or SSL_CERT_FILE) at its certificate authority.",
        "proxy": f"The proxy let no connection through to {host}{said}. Check the setting `proxy` or HTTPS_PROXY: its "
        "address, user and password.",
        "client_certificate": answer.detail or "",
        "html": f"{host} answered with something that is not Genesys Cloud's{said}: perhaps a captive portal or "
        "a proxy. Open a web page to log in to the network, and check the region and the base URL.",
        "no_token": f"{host} answered without an access token. Check the region and the base URL.",
        "non_ascii": f"The client id or secret from the {source} holds characters that are not ASCII. "
        f"Copy them again from {OAUTH_PAGE}.",
    }
    status = f" with status {answer.status_code}" if answer.status_code else ""
    other = (
        f"Signing in at {host} failed{status}{said}. Try again in a minute; if it stays so, ask `genesys-tui doctor`."
    )
    return sentences.get(answer.outcome, other)


def _rejection(answer: Answer, api_url: str, source: str, said: str) -> str:
    place, detail = describe_place(api_url), (answer.detail or "").lower()
    if answer.error == "unauthorized_client":
        return (
            f"This OAuth client may not sign in by itself{said}. At {OAUTH_PAGE}, its grant type must be Client "
            "Credentials, and it needs a role that may use the AI gateway."
        )
    if "not found" in detail:
        return (
            f"There is no OAuth client with this id in the region {place}{said}. "
            f"Check the client id from the {source}, and that its organization is in that region."
        )
    if answer.error in ("invalid_client", None):
        return (
            f"Genesys Cloud refused the client secret from the {source}, in the region {place}{said}. "
            f"Copy it again from {OAUTH_PAGE} and run `genesys-tui login`, or correct it where it is set."
        )
    return f"Genesys Cloud refused the sign-in: {answer.error}{said}. Check the OAuth client at {OAUTH_PAGE}."
