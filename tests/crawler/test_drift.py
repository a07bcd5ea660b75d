"""When a page is no longer the page that the archive speaks of."""

import pytest

from crawler.pages.fingerprint import fingerprint
from crawler.verdict.drift import Expected, Shown, drift

NOW = "Rooms and rates for your summer holiday by the sea, breakfast included. " * 9
THEN = "Pruning removes weights that a network does not need, so that it runs faster. " * 9

# what happened, the archive's texts, the page's names, its first text, whether it drifted
CASES = [
    ("the same title", ["模型量化入门"], ["模型量化入门 - 边缘手记"], "", False),
    ("a word in common", ["Torch-Pruning：结构化剪枝"], ["Pruning in practice"], "", False),
    ("nothing in common", ["神经网络剪枝方法综述"], ["海边度假酒店预订"], "夏日特惠房价", True),
    ("nothing in common, in English", ["A survey of network pruning"], ["Hotel rooms by the sea"],
     NOW, True),
    ("the title is the site's, the text tells", ["神经网络剪枝方法综述"], ["某某技术社区"],
     "本文整理了神经网络的剪枝方法。", False),
    ("another language", ["神经网络剪枝方法综述"], ["A survey of network pruning"], THEN, False),
    ("another language, a name in common", ["用 TensorFlow 做语音识别"],
     ["Speech recognition with TensorFlow"], "", False),
    ("a casino", ["神经网络剪枝方法综述"], ["Best Online Casino 2026"], "", True),
    ("a casino in Chinese", ["A survey of network pruning"], ["澳门新葡京官网"], "", True),
    ("an item about casinos", ["Casino games solved by a network"], ["Casino games"], "", False),
    ("only common words in common", ["如何使用开源项目做语音识别"], ["首页 - 海边度假酒店的新闻"],
     "房价 早餐 海景", True),
    ("a page without a title", ["神经网络剪枝方法综述"], [""], "夏日特惠", False),
    ("an item without words", ["", ""], ["Hotel rooms"], "", False),
    ("too few words to tell", ["剪枝"], ["海边酒店"], "", False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "names", "lead", "drifted"), [pytest.param(*row, id=what) for what, *row in CASES]
)
def test_drift(texts: list[str], names: list[str], lead: str, *, drifted: bool) -> None:
    found = drift(Expected(texts=tuple(texts)), Shown(names=tuple(names), lead=lead))
    assert bool(found) is drifted, found


def test_a_page_that_was_something_else_at_first_says_what() -> None:
    expected = Expected(
        texts=("一篇很好的文章",),
        first_title="Pruning in practice",
        first_fingerprint=fingerprint(THEN),
    )
    shown = Shown(names=("Hotel by the sea",), lead=NOW, fingerprint=fingerprint(NOW))
    assert (
        drift(expected, shown) == "its title was «Pruning in practice» and is «Hotel by the sea»"
    )


def test_a_new_title_over_the_same_text_is_no_drift() -> None:
    expected = Expected(
        texts=("一篇很好的文章",),
        first_title="Pruning in practice",
        first_fingerprint=fingerprint(THEN),
    )
    shown = Shown(names=("Making it faster",), lead=THEN, fingerprint=fingerprint(THEN))
    assert not drift(expected, shown)


def test_a_page_that_was_renamed_step_by_step_is_no_drift() -> None:
    expected = Expected(
        texts=("A survey of network pruning",),
        first_title="Pruning for small boards",
        first_fingerprint=fingerprint(THEN),
    )
    shown = Shown(names=("Small boards made easy",), lead=NOW, fingerprint=fingerprint(NOW))
    assert not drift(expected, shown)
