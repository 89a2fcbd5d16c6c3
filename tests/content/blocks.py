"""What a block is made of, however deep."""

from collections.abc import Iterator

from wagtail.blocks import BaseStructBlock, Block, ListBlock


def parts_of(block: Block) -> Iterator[Block]:
    """The block itself, and all blocks within it."""
    yield block
    if isinstance(block, ListBlock):
        yield from parts_of(block.child_block)
    if isinstance(block, BaseStructBlock):
        for child in block.child_blocks.values():
            yield from parts_of(child)
