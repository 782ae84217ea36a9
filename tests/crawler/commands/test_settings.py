"""Settings as one value."""

from __future__ import annotations

from dataclasses import fields

import pytest

from crawler import settings as module
from crawler.environment import Settings, read_settings
from crawler.errors import UsageError
from tests.support.settings import make_settings


def test_every_field_is_a_setting_and_has_its_value() -> None:
    settings = make_settings()
    for each in fields(Settings):
        if each.name not in ("overridden", "unknown"):
            assert getattr(settings, each.name) == getattr(module, each.name.upper())


def test_what_the_environment_gives_and_misspells_is_known() -> None:
    environ = {"BAOTINH_CONTACT": "a@b.vn", "BAOTINH_CONTCAT": "x", "HOME": "/"}
    settings = read_settings(vars(module), environ)
    assert "CONTACT" in settings.overridden
    assert settings.unknown == ("BAOTINH_CONTCAT",)


def test_private_hosts_are_read_and_a_wrong_one_is_named() -> None:
    private = make_settings(allow_private_hosts=["127.0.0.1:8000"]).private_hosts
    assert private.allow("127.0.0.1", 8000)
    assert not private.allow("127.0.0.1", 8001)
    with pytest.raises(UsageError, match="ALLOW_PRIVATE_HOSTS"):
        _ = make_settings(allow_private_hosts=["http://x.vn"]).private_hosts
