"""The draw of a spot check can be repeated by anybody."""

import hashlib
import subprocess

import pytest

from homework.drawing import LARGEST_SEED, digest, draw, mark

LOTS = [(class_id, subject_id) for class_id in (11, 12, 13, 14) for subject_id in (1, 2, 3)]


def test_the_first_by_sha256_of_seed_class_and_subject_are_drawn():
    by_hand = sorted(LOTS, key=lambda lot: hashlib.sha256(b"2026|%d|%d" % lot).digest())
    assert draw(2026, LOTS, 5) == by_hand[:5]


def test_the_draw_is_what_another_program_makes_of_it():
    """coreutils know nothing of Python."""
    one = 'printf "%s  %s\\n" "$(printf "7|$lot" | sha256sum)" "$lot"'
    script = f"for lot in '11|1' '11|2' '12|1' '12|2'; do {one}; done | sort"
    lines = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.splitlines()
    expected = [tuple(int(number) for number in line.split()[-1].split("|")) for line in lines]
    assert draw(7, [(11, 1), (11, 2), (12, 1), (12, 2)], 4) == expected


def test_a_known_draw_never_changes():
    assert mark(1, (2, 3)) == "7ee74ca6db4b367eec57934b47ce1e5b6df3bec871194875b45bb7de23168c0b"
    assert draw(1, [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3)], 3) == [(2, 2), (2, 1), (2, 3)]


def test_the_order_and_doubles_of_the_list_do_not_matter():
    assert draw(9, LOTS, 4) == draw(9, [*reversed(LOTS), *LOTS], 4)
    assert digest(LOTS) == digest([*reversed(LOTS), *LOTS])


def test_another_seed_draws_another_sample_and_every_lot_has_its_turn():
    draws = [draw(seed, LOTS, 3) for seed in range(200)]
    assert {lot for drawn in draws for lot in drawn} == set(LOTS)
    counts = {lot: sum(lot in drawn for drawn in draws) for lot in LOTS}
    assert all(25 <= count <= 75 for count in counts.values())  # 50 of each are to be expected


def test_a_draw_of_all_is_all():
    assert sorted(draw(LARGEST_SEED, LOTS, 12)) == LOTS


@pytest.mark.parametrize("count", [-1, 0, 13])
def test_more_than_there_are_or_none_cannot_be_drawn(count):
    with pytest.raises(ValueError, match="of 12"):
        draw(1, LOTS, count)


def test_the_digest_tells_one_list_from_another():
    assert digest(LOTS) != digest(LOTS[:-1])
    assert digest([(1, 23)]) != digest([(12, 3)])
    assert digest([(2, 1), (1, 10), (1, 9)]) == hashlib.sha256(b"1|9\n1|10\n2|1\n").hexdigest()
