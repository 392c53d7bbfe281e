"""Continuing: the app after it was stopped from outside (`kill -STOP`) and may go on.

Textual stops in good order for ctrl+z alone. After any other stop it would take the terminal a second time: two readers
would share the keys, one of which never ends, and the shell would get a terminal back that does not echo.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from types import FrameType

from textual.app import App

SOON = 0.05
"""Seconds in which further signals change nothing."""


def take_terminal_back(app: App[int]) -> None:
    """From here on, give the terminal up and take it again where the app goes on without having given it up."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        return
    from textual.drivers.linux_driver import LinuxDriver

    driver, loop, resume = app._driver, asyncio.get_running_loop(), signal.getsignal(signal.SIGCONT)
    if not isinstance(driver, LinuxDriver) or not callable(resume):
        return
    under_way = False

    def again() -> None:
        nonlocal under_way
        under_way = False
        if app.is_running and driver._auto_restart:
            driver.suspend_application_mode()
            driver.resume_application_mode()
            app.refresh()

    def continued(number: int, frame: FrameType | None) -> None:
        nonlocal under_way
        if driver._must_signal_resume:  # it was stopped with ctrl+z
            resume(number, frame)
        elif driver._auto_restart and not under_way:  # else another program has the terminal, such as an editor
            under_way = True
            loop.call_soon_threadsafe(loop.call_later, SOON, again)

    signal.signal(signal.SIGCONT, continued)
