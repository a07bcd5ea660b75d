"""Every reason says one thing."""

from catalog.vocabulary import REASONS, SOFT_EVIDENCE, Reason, Verdict


def test_each_reason_belongs_to_exactly_one_verdict() -> None:
    listed = [reason for reasons in REASONS.values() for reason in reasons]
    assert sorted(listed) == sorted(Reason)


def test_each_verdict_has_a_reason() -> None:
    assert set(REASONS) == set(Verdict)


def test_soft_evidence_is_evidence_of_a_break() -> None:
    assert {reason.verdict for reason in SOFT_EVIDENCE} == {Verdict.BROKEN}
