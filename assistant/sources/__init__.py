"""Documents from beyond a folder: pages, sitemaps, archives, repositories; kept as dated copies."""

from typing import Literal

SourceKind = Literal["auto", "sitemap", "repository"]
"""``auto``: a page for an address, an archive for a file."""
MOST_PAGES, DEFAULT_PAGES = 2_000, 100
"""Of one sitemap."""
