"""Is the settings example right, line by line, also where it shows defaults?"""

import re

import yaml

from adv_domain.bundled import bundled_path
from adv_domain.receiver_settings import ReceiverSettings, read_receiver_settings
from adv_domain.settings import read_settings

FOLDER = bundled_path("deployments")
ASSIGNMENT = re.compile(r"^#? ?([A-Z_]+)=(.*)$", re.MULTILINE)


def test_every_line_of_the_example_can_be_read():
    text = (FOLDER / "adv.env.example").read_text(encoding="utf-8")
    environment = dict(ASSIGNMENT.findall(text))
    settings = read_settings(environment)
    assert settings.smtp is not None
    assert settings.smtp.tls == "starttls"
    assert str(settings.home) == "/var/lib/adv"


def test_defaults_shown_are_the_defaults():
    text = (FOLDER / "adv.env.example").read_text(encoding="utf-8")
    shown = read_settings(dict(ASSIGNMENT.findall(text)))
    plain = read_settings({"ADV_SMTP_HOST": "smtp.example.com"})
    assert plain.stock is None
    for name in (
        "time_zone",
        "batch_size",
        "lock_wait_seconds",
        "render_workers",
        "smtp_retry_seconds",
    ):
        assert getattr(shown, name) == getattr(plain, name)
    assert shown.smtp.port == plain.smtp.port
    assert shown.smtp.timeout == plain.smtp.timeout
    assert shown.stock.timeout == 10


def test_the_receivers_settings_shown_are_its_own():
    text = (FOLDER / "adv.env.example").read_text(encoding="utf-8")
    shown = read_receiver_settings(dict(ASSIGNMENT.findall(text)))
    assert shown == ReceiverSettings("at-least-16-characters")
    assert read_receiver_settings({}) is None


def test_compose_file_binds_the_prefect_api_to_loopback():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    assert compose["services"]["prefect-server"]["ports"] == ["127.0.0.1:4200:4200"]
    assert set(compose["services"]) == {
        "postgres",
        "prefect-server",
        "set-up",
        "worker",
    }
