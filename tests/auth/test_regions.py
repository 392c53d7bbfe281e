from __future__ import annotations

import pytest

from genesys_tui.auth.regions import REGIONS, describe_place, find_api_url, find_region, login_url
from genesys_tui.errors import ConfigurationError


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.name)
def test_every_region_is_found_by_whatever_people_have_at_hand(region) -> None:
    texts = [
        region.name,
        region.name.upper(),
        region.name.replace("-", "_"),
        f" {region.domain} ",
        region.domain.upper(),
        f"https://apps.{region.domain}/directory/#/home",
        f"https://login.{region.domain}",
        f"https://api.{region.domain}/api/v2/tokens/me",
        f"api.{region.domain}",
    ]
    assert {find_region(text) for text in texts} == {region}
    assert (region.api_url, region.login_url) == (f"https://api.{region.domain}", f"https://login.{region.domain}")
    assert login_url(region.api_url) == region.login_url


@pytest.mark.parametrize(
    "text",
    ["", "mars-north-1", "mypurecloud", "notmypurecloud.ie", "mypurecloud.ie.evil.test", "pure.cloud", "http://["],
)
def test_an_unknown_region_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        find_region(text)


def test_the_refusal_lists_the_choices() -> None:
    with pytest.raises(ConfigurationError, match=r"'mars'.*eu-west-1 \(mypurecloud\.ie\).*ap-southeast-2"):
        find_region("mars")


@pytest.mark.parametrize(
    ("place", "api_url"),
    [
        (REGIONS[0], "https://api.mypurecloud.com"),
        ("eu_central_1", "https://api.mypurecloud.de"),
        ("https://apps.mypurecloud.ie/x", "https://api.mypurecloud.ie"),
        ("https://llm.corp.example/path/", "https://llm.corp.example"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_place_is_a_region_or_a_base_url(place, api_url: str) -> None:
    assert find_api_url(place) == api_url


@pytest.mark.parametrize(
    "place",
    [
        "http://llm.corp.example",
        "http://127.0.0.1.evil.test",
        "http://10.0.0.1:80",
        "ftp://127.0.0.1",
        "https://user:secret@host.test",
        "https://",
        "http://127.0.0.1:port",
        "mars",
    ],
)
def test_no_secret_travels_in_the_clear_or_to_nowhere(place: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_api_url(place)
    assert "secret@" not in caught.value.message


def test_a_place_is_named_as_people_know_it() -> None:
    assert describe_place("https://api.mypurecloud.ie") == "eu-west-1 (mypurecloud.ie)"
    assert describe_place("http://127.0.0.1:80") == "127.0.0.1:80"
