"""The words that people read: every table has the same, and they are those that the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import nbstream as nbs
from nbstream import texts
from nbstream.texts import LANGUAGES

TABLES = {one: texts._table(one) for one in LANGUAGES if one != "en"}
JS = Path(__file__).parents[1] / "js" / "src"
NOUNS = {"noun": ("camera", "microphone"), "gives": ("picture", "sound")}


@pytest.fixture(autouse=True)
def english():
    yield
    texts._asked.clear()


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", TABLES)
def test_every_language_has_all_texts_with_the_same_places(language):
    table = TABLES[language]
    assert table.keys() == TABLES["de"].keys()
    assert [one for one, text in table.items() if places(one) != places(text) or not text] == []


def sources() -> str:
    files = [path for path in JS.rglob("*.ts") if ".test" not in path.name]
    return "\n".join(path.read_text("utf-8") for path in files)


def test_the_page_says_what_is_in_the_tables():
    """A text that is changed in the page alone would silently be English everywhere."""
    said = sources()
    for noun, gives in zip(NOUNS["noun"], NOUNS["gives"], strict=True):
        filled = said.replace("${kind.noun}", noun).replace("${model.kind.noun}", noun)
        said += filled.replace("${noun}", noun).replace("${gives}", gives)
    plain = [one for one in TABLES["de"] if not places(one)]
    ours = [one for one in plain if one not in said]
    # Put together in the page, or said by the kernel.
    known = ("Waiting: next", "If it never ends", "Paused after", "The kernel is busy", "The page that", "Show the",
             "Camera", "Microphone", "Freeze", "Snapshot", "Insert", "No picture", "No sound")  # fmt: skip
    assert [one for one in ours if not one.startswith(known)] == []


def test_a_widget_made_afterwards_speaks_the_language(kernel):
    assert nbs.Webcam()._texts is None
    nbs.texts.use("de")
    assert nbs.Webcam()._texts["Stop"] == "Stopp"
    nbs.texts.update({"Start": "Los"})
    assert nbs.ImageView()._texts["Start"] == "Los"
    nbs.texts.use("en")
    assert nbs.Webcam()._texts == {}


def test_what_is_no_text_is_refused_with_what_there_is():
    with pytest.raises(ValueError, match="expected one of en, de, fr, es, zh"):
        nbs.texts.use("tlh")
    with pytest.raises(ValueError, match="did you mean 'Start'"):
        nbs.texts.update({"Stat": "Los"})
    with pytest.raises(TypeError, match="expected a text"):
        nbs.texts.update({"Start": 3})  # type: ignore[dict-item]


def test_tables_are_json_that_people_can_mend():
    for language, table in TABLES.items():
        path = Path(texts.__file__).with_name(f"{language}.json")
        assert json.loads(path.read_text("utf-8")) == table
