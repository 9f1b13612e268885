"""The training set of a recipe: which validation pairs come first."""

from stages import mix


def test_validation_reads_every_persons_first_pair_before_any_second() -> None:
    pairs = [{"entity": name, "id": place} for place, name in enumerate("aaabbc")]
    assert [pair["id"] for pair in mix.by_turns(pairs)] == [0, 3, 5, 1, 4, 2]
