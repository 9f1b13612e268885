"""The measure of agreement, by hand."""

from apeft.sampling.agreement import agreement
from apeft.sampling.base import Completion


def of(*rows: tuple[str, tuple[int, ...]]) -> list[Completion]:
    return [Completion(text, tokens, True, None) for text, tokens in rows]


def test_shares_are_of_equal_texts_and_of_common_starts() -> None:
    one = of(("a b c", (1, 2, 3)), ("a", (1,)), ("", ()))
    other = of(("a b d e", (1, 2, 4, 5)), ("a", (1,)), ("", ()))
    assert agreement(one, other) == {
        "texts": 3,
        "identical": 2 / 3,
        "common_tokens": (2 + 1 + 0) / 3,
        "common_share": (2 / 4 + 1 + 1) / 3,
    }
