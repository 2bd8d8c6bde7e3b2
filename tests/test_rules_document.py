"""docs/rules.md names the test that proves each rule: none of them may be gone."""

import re

import pytest

from embedded.environment import ROOT

TEXT = (ROOT / "docs" / "rules.md").read_text(encoding="utf8")
PROOFS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)))


def test_the_document_names_proofs():
    assert len(PROOFS) > 20


@pytest.mark.parametrize(("path", "name"), PROOFS)
def test_a_proof_exists(path, name):
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf8"), re.MULTILINE)
