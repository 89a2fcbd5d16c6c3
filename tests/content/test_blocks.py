"""Every block can be shown in every medium, and shows the writer what it is for."""

import pytest
from django.template.loader import get_template
from django.test import Client
from wagtail.blocks import Block

from posts.content.blocks import BodyBlock
from posts.content.text import RENDERERS
from tests.factories import make_post

BLOCKS = BodyBlock().child_blocks
SHOWN = [block for block in BLOCKS.values() if block.is_previewable]


@pytest.mark.parametrize("medium", ["web", "email"])
@pytest.mark.parametrize("block", BLOCKS.values(), ids=list(BLOCKS))
def test_every_block_has_a_template_for_web_and_email(block: Block, medium: str) -> None:
    name = block.get_template(None, {"medium": medium})
    assert name == f"content/blocks/{medium}/{block.name}.html"
    get_template(name)


def test_every_block_has_a_text_rendering() -> None:
    assert set(RENDERERS) == set(BLOCKS)


@pytest.mark.parametrize("block", BLOCKS.values(), ids=list(BLOCKS))
def test_every_block_tells_the_writer_what_it_is_for(block: Block) -> None:
    assert str(block.get_description())
    assert block.meta.icon != "placeholder"


@pytest.mark.parametrize("block", SHOWN, ids=[block.name for block in SHOWN])
def test_every_block_can_be_looked_at_before_it_is_chosen(
    block: Block, admin_client: Client
) -> None:
    response = admin_client.get("/admin/block-preview/", {"id": block.definition_prefix})
    assert response.status_code == 200
    assert b'<div class="prose">' in response.content


def test_only_what_is_in_no_library_by_itself_cannot() -> None:
    assert set(BLOCKS) - {block.name for block in SHOWN} == {"image", "file", "sound"}


@pytest.mark.django_db
def test_a_template_that_names_no_medium_gets_the_web() -> None:
    post = make_post(body=[("divider", None)])
    assert post.body[0].render({}).strip() == "<hr>"


@pytest.mark.django_db
def test_blocks_stand_side_by_side_without_wrappers() -> None:
    post = make_post(body=[("divider", None), ("divider", None)])
    assert str(post.body).split() == ["<hr>", "<hr>"]
