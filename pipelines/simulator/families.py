"""What families are made of: who lives together, of which ages."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from expectations.codes import RELATION
from pipelines.simulator.arrays import Ints, count_from_zero

MALE, FEMALE, EITHER = 0, 1, 2
CHILD: Final = "child"

Slot = tuple[str, int, int, int]
"""Relation (CHILD: son or daughter by sex), sex, youngest and oldest age at 1 September of the school year."""

FAMILIES: Final[tuple[tuple[float, tuple[Slot, ...]], ...]] = (
    (0.12, (("户主", EITHER, 55, 84),)),
    (0.14, (("户主", MALE, 55, 78), ("配偶", FEMALE, 53, 76))),
    (0.15, (("户主", MALE, 28, 44), ("配偶", FEMALE, 26, 42), (CHILD, EITHER, 0, 16))),
    (0.17, (("户主", MALE, 32, 48), ("配偶", FEMALE, 32, 46), (CHILD, EITHER, 7, 17), (CHILD, EITHER, 0, 12))),
    (
        0.14,
        (
            ("户主", MALE, 34, 48),
            ("配偶", FEMALE, 32, 46),
            (CHILD, EITHER, 6, 19),
            (CHILD, EITHER, 1, 14),
            ("父母", EITHER, 60, 82),
        ),
    ),
    (0.12, (("户主", MALE, 46, 56), ("配偶", FEMALE, 44, 54), (CHILD, EITHER, 19, 28))),
    (0.08, (("户主", MALE, 58, 70), ("配偶", FEMALE, 56, 68), ("孙子女", EITHER, 3, 15))),
    (0.03, (("户主", MALE, 40, 66), ("兄弟姐妹", EITHER, 35, 64))),
    (
        0.05,
        (
            ("户主", MALE, 50, 60),
            ("配偶", FEMALE, 48, 58),
            ("子", MALE, 26, 32),
            ("女", FEMALE, 24, 31),
            ("孙子女", EITHER, 0, 6),
        ),
    ),
)
STANDARD: Final = len(FAMILIES)
SINGLE: Final = STANDARD + 1
_PLANTED: Final[tuple[tuple[Slot, ...], ...]] = (
    # Where mistakes are planted one must know who is there: head, spouse, pupil of a primary school, child, elder.
    (
        ("户主", MALE, 36, 48),
        ("配偶", FEMALE, 34, 46),
        (CHILD, EITHER, 8, 10),
        (CHILD, EITHER, 3, 14),
        ("父母", EITHER, 62, 80),
    ),
    (("户主", EITHER, 60, 80),),
)
HEAD, SPOUSE, PUPIL, YOUNGER, ELDER = range(5)
"""Places in a STANDARD family."""

LARGEST: Final = 5


@dataclass(frozen=True)
class Relatives:
    """One entry a person, families laid end to end."""

    family: Ints
    """Index of the family."""
    place: Ints
    """0 is the head."""
    relation: Ints
    sex: Ints
    age: Ints


def choose_families(rng: np.random.Generator, count: int) -> Ints:
    """Kinds of ``count`` families."""
    shares = np.array([share for share, _ in FAMILIES])
    return rng.choice(len(FAMILIES), size=count, p=shares / shares.sum())


def make_relatives(rng: np.random.Generator, kinds: Ints) -> Relatives:
    """The people of families of these kinds."""
    families = [slots for _, slots in FAMILIES] + list(_PLANTED)
    table = np.zeros((len(families), LARGEST, 4), dtype=np.int64)
    labels = RELATION.labels
    for kind, slots in enumerate(families):
        for number, (relation, *rest) in enumerate(slots):
            table[kind, number] = (-1 if relation == CHILD else labels.index(relation), *rest)
    sizes = np.array([len(slots) for slots in families])[kinds]
    family = np.repeat(np.arange(len(kinds)), sizes)
    place = count_from_zero(sizes)
    code, sex, youngest, oldest = table[kinds[family], place].T
    sex = np.where(sex == EITHER, rng.integers(0, 2, len(family)), sex)
    child = np.where(sex == MALE, labels.index("子"), labels.index("女"))
    return Relatives(
        family=family,
        place=place,
        relation=np.where(code < 0, child, code),
        sex=sex,
        age=rng.integers(youngest, oldest + 1),
    )
