"""Tables of config.toml are taken as pydantic would take them; where it goes without saying, without pydantic."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesys_tui.config import Audit, Profile, Ui
from genesys_tui.table import Misfit, _Doubtful, _judged, _taken, names, table

WORDS = ["", "7", "send", "newline", "genesys", "openai", "delta", "full", "certifi", "nord"]
NUMBERS = st.integers(-5, 70_000) | st.sampled_from([2**53 + 1, 10**400, -(10**400)]) | st.floats()
SCALARS = NUMBERS | st.booleans() | st.none() | st.sampled_from(WORDS) | st.text(max_size=5)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=2), SCALARS, max_size=2)
SETTINGS = [(kind, name) for kind in (Profile, Ui, Audit) for name in names(kind)]


@given(st.sampled_from(SETTINGS), VALUES)
def test_what_is_plainly_right_is_what_pydantic_takes(setting: tuple[type[Any], str], value: Any) -> None:
    kind, name = setting
    try:
        taken = _taken(kind, {name: value})
    except _Doubtful:
        return
    judged = _judged(kind, {name: value})
    assert taken == judged
    assert type(getattr(taken, name)) is type(getattr(judged, name))


@given(st.sampled_from(SETTINGS), VALUES)
def test_whatever_it_is_it_makes_a_table_or_a_sentence(setting: tuple[type[Any], str], value: Any) -> None:
    kind, name = setting
    try:
        assert isinstance(table(kind, {name: value}), kind)
    except Misfit as misfit:
        assert str(misfit).startswith(f"{name}")
        assert misfit.names == {name}


def test_a_misfit_does_not_repeat_the_value() -> None:
    with pytest.raises(Misfit) as caught:
        table(Profile, {"max_tokens": "hunter2", "regoin": "hunter3"})
    assert caught.value.names == {"max_tokens", "regoin"}
    assert "hunter" not in str(caught.value)


def test_a_usual_file_is_read_without_pydantic(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[ui]\ntheme = "nord"\n[audit]\nmode = "required"\n[keys]\n"app.help" = ["f1"]\n'
        '[profiles.default]\nmodels = ["a", "b"]\nstop = []\ntemperature = 0\nretries = 5\nproduction = true\n'
    )
    script = (
        "import sys\nfrom genesys_tui.config import load_settings\n"
        f"settings = load_settings(environ={{'GENESYS_TUI_HOME': {str(tmp_path)!r}}})\n"
        "print(settings.profile.models, settings.profile.temperature, settings.ui.theme, 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "('a', 'b') 0.0 nord False"
