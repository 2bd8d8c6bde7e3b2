import pytest

from schools.credit_code import NOT_WELL_FORMED, WRONG_CHECK, check_character, fault, written


# Codes of well-known companies, as they publish them.
@pytest.mark.parametrize("code", ["91330100799655058B", "9144030071526726XG", "91110000802100433B"])
def test_a_published_code_has_no_fault_and_with_one_character_changed_it_has(code):
    assert fault(code) == ""
    assert fault(code[:5] + ("1" if code[5] != "1" else "2") + code[6:]) == WRONG_CHECK
    assert check_character(code[:17]) == code[17]


@pytest.mark.parametrize("code", ["", "9133010079965505", "9133010079965505I8", "９1330100799655058B", "九" * 18])
def test_what_is_no_code_is_told_apart(code):
    assert fault(code) == NOT_WELL_FORMED


def test_blanks_and_small_letters_do_not_matter():
    assert written(" 9133 0100\t799655058b ") == "91330100799655058B"
