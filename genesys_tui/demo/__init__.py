"""The embedded gateway: a real server on loopback that speaks the gateway's protocol, good days and bad.

It imports nothing else of this package: a second, independent reading of the protocol, to test the first one against.
"""

from .gateway import DemoGateway
from .scenarios import SCENARIOS
from .state import RequestSeen

__all__ = ["SCENARIOS", "DemoGateway", "RequestSeen"]
