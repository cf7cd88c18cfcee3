"""What an article says, as one short digest: headline and lead. Pure.

Two wordings are one when they look the same once the white space is tidied.
"""

from __future__ import annotations

from bot.model import Article, digest
from bot.render import tidy


def wording(article: Article) -> str:
    """The same for the same headline and lead."""
    return digest(f"{tidy(article.headline)}\n{tidy(article.lead or '')}")
