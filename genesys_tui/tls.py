"""TLS: whom to trust, for sign-in and stream alike."""

from __future__ import annotations

import ssl

from genesys_tui.errors import ConfigurationError


def tls_context(ca_bundle: str | None = None) -> ssl.SSLContext:
    """Trust the given PEM file, else SSL_CERT_FILE and the system's store, else certifi's.

    Raises ConfigurationError where the file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca_bundle)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"ca_bundle: {ca_bundle or 'SSL_CERT_FILE'} cannot be used ({error}). Name a file of PEM certificates."
        ) from None
    if not context.cert_store_stats()["x509_ca"]:
        # A Python that brings its own OpenSSL (python.org on macOS) may know no authority at all.
        import certifi

        context.load_verify_locations(certifi.where())
    return context
