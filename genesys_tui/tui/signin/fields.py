"""The fields of the sign-in form."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Select

from genesys_tui.auth import REGIONS, find_region
from genesys_tui.errors import GenesysError
from genesys_tui.tui.signin.form import Form
from genesys_tui.tui.signin.secret import SecretInput


class Fields(Vertical):
    """Region, base URL, client id and secret."""

    DEFAULT_CSS = """
    Fields {
        height: auto;
        & Horizontal { height: 3; }
        & Select { width: 1fr; height: 3; }
        & Input, & SelectCurrent {
            border: round $foreground 30%; border-title-color: $text-muted; background: $background;
        }
        & Input:focus { border: round $primary; border-title-color: $text-primary; background-tint: transparent; }
        & #base-url { width: 1fr; }
        & Select:focus > SelectCurrent { border: round $primary; background-tint: transparent; }
    }
    """

    base_url = getters.query_one("#base-url", Input)
    client_id = getters.query_one("#client-id", Input)
    client_secret = getters.query_one("#client-secret", SecretInput)

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._begin_with = form

    def compose(self) -> ComposeResult:
        """A label stands in each border."""
        regions = [(f"{region.name}  {region.domain}", region.name) for region in REGIONS]
        with Horizontal():
            yield Select(regions, prompt="Region", id="region", value=_known(self._begin_with.region))
            yield Input(placeholder="the region's own", id="base-url")
        yield Input(placeholder="of an OAuth client, grant type Client Credentials", id="client-id")
        yield SecretInput(id="client-secret")

    def on_mount(self) -> None:
        """Put the labels up and the form in."""
        self.select.query_one("SelectCurrent").border_title = "Region"
        self.base_url.border_title = "Gateway's base URL (optional)"
        self.client_id.border_title = "Client id"
        self.client_secret.border_title = "Client secret"
        self.fill(self._begin_with)

    @property
    def select(self) -> Select[str]:
        """The list of regions."""
        return self.query_one("#region", Select)

    @property
    def form(self) -> Form:
        """What is typed."""
        region = self.select.value
        name = region if isinstance(region, str) else self._begin_with.region
        return Form(name, self.base_url.value, self.client_id.value, self.client_secret.secret)

    def fill(self, form: Form) -> None:
        """Put this into the fields."""
        self.select.value = _known(form.region)
        self.base_url.value = form.base_url
        self.client_id.value = form.client_id
        self.client_secret.value = form.client_secret.get_secret_value()

    def focus_first_empty(self) -> None:
        """Begin where something is missing."""
        next((field for field in (self.client_id, self.client_secret) if not field.value), self.client_id).focus()

    def move_on(self, field: Input) -> bool:
        """Go to the field behind this one. False where it is the last."""
        order: list[Input] = [self.base_url, self.client_id, self.client_secret]
        if field is order[-1] or field not in order:
            return False
        order[order.index(field) + 1].focus()
        return True


def _known(region: str) -> str:
    try:
        return find_region(region).name
    except GenesysError:
        return REGIONS[0].name
