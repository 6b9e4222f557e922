"""The kinds that the registry itself reads, by the part they play.

The pack says what a kind means to rules; these say where a party is, who sees it, and who may
vouch for what.
"""

from __future__ import annotations

__all__ = [
    "BIRTH",
    "EMPLOYMENT",
    "FOUNDED",
    "ORGANISATION_PLACES",
    "PERSON_PLACES",
    "SEX",
    "SKILL_KINDS",
    "STUDY_KINDS",
]

BIRTH, FOUNDED = "birth", "founded"
SEX = "sex"
EMPLOYMENT = "employment"

#: Where a person is now: the first of these that runs.
PERSON_PLACES = ("workplace", "social-insurance", "residence")
ORGANISATION_PLACES = ("located",)

#: Kinds by which somebody is a school's own; the record points to the school as `other`.
STUDY_KINDS = (
    "study",
    "final-year",
    "technical-study",
    "technical-final-year",
    "in-service-study",
    "pilot-class",
)
#: What employers and schools may see of their people besides what points to themselves: the
#: proofs of skill. Where somebody lives, is insured or draws benefits is no business of theirs.
SKILL_KINDS = (
    "birth",
    "certificate",
    "special-ability",
    "title",
    "appointment",
    "post-level",
    "award",
    "honour",
)
