"""The documentation site is built as `make docs` does it: without a warning, and with links that lead somewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[1]
# What a browser fetches by itself; a link that a person follows may lead anywhere.
FETCHED = {"script": "src", "img": "src", "iframe": "src", "video": "src", "source": "src"}


class Html(HTMLParser):
    """What a page links to, what it has the browser fetch, and the places that can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.places.update(filter(None, (named.get("id"), named.get("name"))))
        if tag == "a" and (href := named.get("href")):
            self.links.append(href)
        if address := named.get("href" if tag == "link" else FETCHED.get(tag, "")):
            self.fetched.append(address)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> dict[Path, Html]:
    """The pages of the site, built anew."""
    folder = tmp_path_factory.mktemp("site").resolve()
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    # The page for wrong addresses is served at any address, and so has links from the root.
    pages = [path for path in folder.rglob("*.html") if path.name != "404.html"]
    return {path: Html(path.read_text("utf-8")) for path in pages}


def test_the_links_of_the_site_lead_somewhere(site):
    dead = defaultdict(set)
    for path, page in site.items():
        for link in [*page.links, *page.fetched]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = unquote(parts.fragment)
            there = target.is_file() and (not place or place in site[target].places)
            if not there:
                dead[path.name].add(link)
    assert not dead
    assert len(site) > 30


def test_nothing_of_the_site_is_fetched_from_elsewhere(site):
    fetched = {address for page in site.values() for address in page.fetched}
    assert "site/extra.css" in fetched
    assert [one for one in fetched if urlsplit(one).netloc] == []
