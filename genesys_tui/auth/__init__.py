"""Credentials in the keyring, and the access token they buy.

Importing this package imports neither keyring, httpx nor the Genesys SDK: the first is imported when a SecretStore is
used, the other two only in the sign-in child.
"""

from genesys_tui.auth.credentials import (
    Credentials,
    find_credentials,
    forget_credentials,
    load_credentials,
    save_credentials,
)
from genesys_tui.auth.regions import REGIONS, Region, find_region
from genesys_tui.auth.signin import SignIn, Timeouts
from genesys_tui.auth.store import SecretStore
from genesys_tui.auth.token import Token

__all__ = [
    "REGIONS",
    "Credentials",
    "Region",
    "SecretStore",
    "SignIn",
    "Timeouts",
    "Token",
    "find_credentials",
    "find_region",
    "forget_credentials",
    "load_credentials",
    "save_credentials",
]
