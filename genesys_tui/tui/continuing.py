"""Continuing: the app after it was stopped from outside (`kill -STOP`) and may go on.

Textual stops in good order for ctrl+z alone. After any other stop it would take the terminal a second time: two readers
would share the keys, one of which never ends, and the shell would get a terminal back that does not echo. To give it
up and take it again would throw away what was typed meanwhile.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

from textual import constants
from textual.app import App

if TYPE_CHECKING:
    from textual.drivers.linux_driver import LinuxDriver

SOON = 0.05
"""Seconds in which further signals change nothing."""


def take_terminal_back(app: App[int]) -> None:
    """From here on, tell the terminal again what it was told at the start, where the app goes on behind a stop."""
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
            _set_modes(driver)
            app.refresh()

    def continued(number: int, frame: FrameType | None) -> None:
        nonlocal under_way
        if driver._must_signal_resume:  # it was stopped with ctrl+z
            resume(number, frame)
        elif app.is_running and driver._auto_restart and not under_way:  # else an editor, say, has the terminal
            under_way = True
            loop.call_soon_threadsafe(loop.call_later, SOON, again)

    signal.signal(signal.SIGCONT, continued)


def _set_modes(driver: LinuxDriver) -> None:
    """What ``LinuxDriver.start_application_mode`` sets; a shell may have set it otherwise."""
    import termios  # none on Windows

    from textual.drivers import linux_driver as kitty

    attributes = termios.tcgetattr(driver.fileno)
    attributes[3] = driver._patch_lflag(attributes[3])
    attributes[0] = driver._patch_iflag(attributes[0])
    attributes[6][termios.VMIN] = 1
    termios.tcsetattr(driver.fileno, termios.TCSANOW, attributes)
    driver.write("\x1b[?1049h\x1b[?25l\x1b[?1004h")
    driver._enable_mouse_support()
    driver._enable_bracketed_paste()
    driver._disable_line_wrap()
    if driver._in_band_window_resize:
        driver._enable_in_band_window_resize()
    if not constants.DISABLE_KITTY_KEY:
        flags = kitty.KITTY_DISAMBIGUATE_ESCAPE_CODES | kitty.KITTY_REPORT_ALL_KEYS | kitty.KITTY_REPORT_ASSOCIATED_TEXT
        driver.write(f"\x1b[={flags};1u")  # set, not pushed: at the end they are popped once
    driver.flush()
