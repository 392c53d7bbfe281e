"""TLS: whom to trust, for sign-in and stream alike."""

from __future__ import annotations

import ssl


def tls_context(ca_bundle: str | None = None) -> ssl.SSLContext:
    """Trust the given PEM file, else SSL_CERT_FILE and the system's store, else certifi's.

    Raises OSError (ssl.SSLError is one) where the file cannot be used.
    """
    context = ssl.create_default_context(cafile=ca_bundle)
    if not context.cert_store_stats()["x509_ca"]:
        # A Python that brings its own OpenSSL (python.org on macOS) may know no authority at all.
        import certifi

        context.load_verify_locations(certifi.where())
    return context
