import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django import Settings

from config.environment import runs_under
from subscribers.run_here import PLACES, manage


@pytest.mark.parametrize("name", PLACES)
def test_each_place_may_be_named_in_the_environment(name: str) -> None:
    assert runs_under(name) == name


def test_a_place_that_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(ImproperlyConfigured, match="It is systemd, compose, container"):
        runs_under("kubernetes")


@pytest.mark.parametrize(
    ("under", "typed"),
    [
        ("", "uv run manage.py doctor"),
        ("systemd", "passalong doctor"),
        ("compose", "docker compose exec web python manage.py doctor"),
        ("container", "python manage.py doctor"),
    ],
)
def test_a_command_is_spelt_as_it_is_typed_there(
    settings: Settings, under: str, typed: str
) -> None:
    settings.RUNS_UNDER = under
    assert manage("doctor") == typed


def test_a_commands_help_has_examples_that_can_be_copied(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.RUNS_UNDER = "systemd"
    with pytest.raises(SystemExit):
        call_command("doctor", "--help")
    shown = capsys.readouterr().out.partition("examples:")[2]
    assert "  passalong doctor --json" in shown
    assert "manage.py" not in shown
