"""What all of them share."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["Answer", "Day", "Line", "Problem", "Sent", "Slug", "Text", "example"]


def example(**values: Any) -> ConfigDict:
    """The configuration of an answer that the document shows filled in so."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Sent(BaseModel):
    """Base of what comes in."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """Base of what goes out."""


def _storable(value: Any) -> Any:
    """With a mark for what no database holds: NUL, and halves of characters. As long as before."""
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _day(value: str) -> str:
    date.fromisoformat(value)
    return value


Text = Annotated[str, BeforeValidator(_storable)]
Line = Annotated[Text, Field(min_length=1, max_length=255)]
Slug = Annotated[str, Field(max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")]
Day = Annotated[
    str,
    AfterValidator(_day),
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}),
]


class Wrong(Answer):
    """One place that is wrong."""

    where: str
    problem: str


class Problem(Answer):
    """Problem details, RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/api/v1/docs/#problem-scope",
                    "title": "The token is not for that",
                    "status": 403,
                    "detail": "This wants a token with the scope `mail`.",
                    "scope": "mail",
                }
            ]
        }
    )
    type: str = Field(description="What kind of problem; `about:blank`: what its status says.")
    title: str
    status: int
    detail: str = Field(description="What to do, for whoever looks into it.")
    scope: str | None = Field(None, description="The scope that is wanted.")
    errors: list[Wrong] | None = Field(None, description="Each place that is wrong.")
