"""The page stands alone, holds every number of its card, and trusts no name."""

import re
from html.parser import HTMLParser

import pytest

from jaxgan.report.card import Measured
from jaxgan.report.figures import Drawn, draw_figures
from jaxgan.report.figures.style import number, pair
from jaxgan.report.glossary import GLOSSARY, glossary_entry
from jaxgan.report.page import page, write_page
from tests.report.made_up import made_up

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Elements with their attributes, the text, and whether all that was opened was closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))


def bare_page(card):
    """Without figures, which take their time."""
    return page(card, [])


@pytest.fixture(scope="module")
def whole():
    card, evidence = made_up()
    return card, page(card, draw_figures(card, evidence))


def test_it_stands_alone(whole):
    _, text = whole
    reader = Reader(text)
    assert not reader.open
    assert not re.search(r"https?:|url\(|@import", text)
    names = {tag for tag, _ in reader.elements}
    assert not names & {"script", "link", "iframe", "object", "embed"}
    assert all(image["src"].startswith("data:image/png;base64,") for image in reader.all("img"))
    handlers = [a for _, attributes in reader.elements for a in attributes if a.startswith("on")]
    assert not handlers


def test_images_are_described_and_sized_and_in_order(whole):
    images = Reader(whole[1]).all("img")
    assert len(images) == 10
    assert all(len(image["alt"]) > 30 for image in images)
    assert all(int(image["width"]) > 300 and int(image["height"]) > 100 for image in images)
    order = [
        "strip",
        "soft_noisy",
        "single_images",
        "regions",
        "spectrum",
        "gradients",
        "edges",
        "scales",
        "diversity",
        "health",
    ]
    assert re.findall(r'id="figure-(\w+)"', whole[1]) == order


def test_links_lead_to_places_on_the_page(whole):
    reader = Reader(whole[1])
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {link["href"] for link in reader.all("a")}
    assert targets <= {f"#{name}" for name in ids}
    assert {"#figures", "#scores", "#protocol", "#glossary", "#term-tenengrad"} <= targets


def test_it_opens_with_the_verdict_and_its_reasons(whole):
    card, text = whole
    shown = Reader(text).text
    assert "Too soft, too noisy (narrow)" in shown
    assert shown.index("Too soft, too noisy (narrow)") < shown.index("Blur radius")
    for word, reason in zip(card.verdict, card.reasons, strict=True):
        assert f"{word}: {reason}".lower() in shown.lower()
    assert "flag" in text.split("</h1>")[0].split("<h1>")[1]


def test_a_clean_verdict_is_green():
    card, _ = made_up()
    card = card._replace(verdict=("clean",), reasons=("nothing tells them apart",))
    assert '<h1><span class="good">Clean</span></h1>' in bare_page(card)


def rows_of(text):
    """Cells of each row, by the row's heading."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", text, re.S):
        cells = [Reader(cell).text for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        found[cells[0]] = cells[1:]
    return found


def test_every_score_is_there_with_all_its_numbers():
    card, _ = made_up()
    rows = rows_of(bare_page(card))
    for name, score in card.scores.items():
        value, null, _, interval, band, _ = rows[name]
        assert value == number(score.value)
        assert null == number(score.null)
        assert (interval, band) == (pair(score.interval), pair(score.band))
    assert rows["swd_reference_32"][2] == "8.30"  # 382 / 46
    assert rows["swd_reference_32"][-1] == "above real images"
    assert rows["tenengrad"][-1] == "below real images"
    assert rows["overshoot"][-1] == "as real images"
    headline = next(cells for name, cells in rows.items() if name.startswith("Blur radius"))
    assert headline == ["0.98 px", "0.93 … 1.04", "-0.09 … 0.20", "above real images"]


def test_a_null_that_may_be_zero_gives_no_ratio():
    card, _ = made_up()
    scores = {
        "kernel_a": Measured(0.004, None, 1e-5, (-1e-4, 1e-4)),
        "kernel_b": Measured(0.004, None, -1e-5),
        "kernel_c": Measured(0.004),
        "sound": Measured(0.5, None, 0.25, (0.2, 0.3)),
    }
    rows = rows_of(bare_page(card._replace(scores=scores)))
    assert [rows[name][2] for name in scores] == ["\u2013", "\u2013", "\u2013", "2.00"]


def test_scores_stand_below_how_they_were_taken():
    card, _ = made_up()
    one = Measured(1.0, protocol="way one", features="net@0123")
    scores = {"a": one, "b": Measured(1.0, protocol="way two"), "c": one}
    shown = Reader(bare_page(card._replace(scores=scores))).text
    start = shown.index("way one; features net@0123")
    assert shown.count("way one") == shown.count("way two") == 1
    assert start < shown.index("a1.00") < shown.index("c1.00") < shown.index("way two")


def test_names_are_text_and_never_markup():
    card, _ = made_up()
    evil = '<script>alert("x")</script>&"\''
    card = card._replace(
        name=evil, verdict=("clean",), reasons=(evil,), notes=(evil,), protocol={evil: {evil: 1}},
        scores={evil: Measured(1.0, protocol=evil, features=evil)},
    )  # fmt: skip
    text = page(card, [Drawn("strip", evil, evil, evil, None)])
    reader = Reader(text)
    assert not reader.open
    assert not reader.all("script")
    assert reader.text.count("<script>alert") >= 9


def test_protocol_and_notes_are_there():
    card, _ = made_up()
    shown = Reader(bare_page(card)).text
    assert "versionsjaxgan: 0.1" in shown
    assert "Few images: bands are wide." in shown
    assert "What limits this card" not in Reader(bare_page(card._replace(notes=()))).text


def test_a_figure_that_is_left_out_says_why():
    card, _ = made_up()
    text = page(card, [Drawn("health", "Health", "Left out: no history.", "", None)])
    assert "Left out: no history." in Reader(text).text
    assert not Reader(text).all("img")


def test_networks_are_listed_in_words():
    networks = {"classifier:mnist@0123": {"held_out": 2000, "gate": "passed"}, "pixels-64@4567": {}}
    text = Reader(bare_page(made_up()[0]._replace(protocol={"networks": networks}))).text
    assert "classifier:mnist@0123: held out 2000, gate passed; pixels-64@4567:" in text


def test_every_score_that_cards_hold_is_explained():
    names = (
        "blur_variance tenengrad variance_of_laplacian crete_blur_5 crete_blur_11 median_noise "
        "gradient_distance gradient_tail log_spectral_distance log_spectral_shape spectral_slope "
        "high_frequency_ratio checkerboard block_edges swd_progan_32 swd_reference_16 ms_ssim "
        "edge_radius overshoot edges_rejected frechet_random_conv kernel_random_conv precision "
        "recall density coverage class_divergence classes_missing classifier_score memorisation"
    )
    unexplained = [name for name in names.split() if glossary_entry(name) not in GLOSSARY]
    assert not unexplained
    assert glossary_entry("of_another_kind") is None
    assert all(meaning.endswith(".") for meaning in GLOSSARY.values())


def test_writing_leaves_one_whole_file(tmp_path, monkeypatch):
    card, evidence = made_up()
    path = tmp_path / "blur.html"
    path.write_text("old")
    monkeypatch.setattr("jaxgan.report.page.draw_figures", lambda *_: ())
    write_page(path, card, evidence)
    assert path.read_text(encoding="utf-8") == bare_page(card)
    assert list(tmp_path.iterdir()) == [path]

    def stopped(*_):
        raise RuntimeError("out of memory")

    monkeypatch.setattr("jaxgan.report.page.draw_figures", stopped)
    with pytest.raises(RuntimeError):
        write_page(path, card, evidence)
    assert path.read_text(encoding="utf-8") == bare_page(card)
