"""Education: pupils by school, and what is paid for them."""

import numpy as np

from expectations import codes
from expectations.calendar import Term
from pipelines.simulator import books
from pipelines.simulator.arrays import NEVER, NONE, Ints, day, days
from pipelines.simulator.books import Book
from pipelines.simulator.departments.moment import Moment, cohort, make_book, stage_of

GRADES = (
    *("幼儿园小班", "幼儿园中班", "幼儿园大班"),
    *("一年级", "二年级", "三年级", "四年级", "五年级", "六年级"),
    *("七年级", "八年级", "九年级", "高一", "高二", "高三", "大一", "大二", "大三", "大四"),
)


ITEM_AMOUNTS = (75_000, 50_000, 100_000, 60_000, 100_000, 80_000, 150_000)


def students(m: Moment) -> Book:
    w, people = m.world, m.world.people
    here = m.present()
    here[w.others] = False
    age = m.clock.school_start - cohort(people.birth)
    stage = stage_of(age, people.chance(4))
    who = np.flatnonzero(here & (stage != NONE))
    stage, age = stage[who], age[who]
    begins = np.array([3, 6, 12, 15, 15, 18])[stage]
    enrolled_on = (
        ((m.clock.school_start - age + begins - 1970) * 12 + 8).astype("datetime64[M]").astype("datetime64[D]")
    )
    luck = people.chance(7)[who]
    quiet = w.quiet[who]
    enrolled_on = np.where(~quiet & (luck * 23 % 1 < 0.04), NEVER, enrolled_on)
    labels = codes.STUDENT_STATUS.labels
    compulsory = (age >= 6) & (age < 15) & ~quiet
    status = np.select(
        [
            compulsory & (luck < 0.004),
            compulsory & (luck < 0.008),
            compulsory & (luck < 0.012),
            compulsory & (age == 6) & (luck < 0.04),
            ~compulsory & ~quiet & (age >= 15) & (luck < 0.03),
        ],
        [labels.index(x) for x in ("休学", "送教上门", "县外就读", "延缓入学", "辍学")],
        labels.index("在读"),
    )
    towns = len(w.areas.townships)
    town = w.areas.township[w.residence[who]]
    kinds = ("中心幼儿园", "中心小学", "初级中学")
    local = tuple(t + k for k in kinds for t in w.areas.townships)
    schools = (*local, "第一中学", "职业技术学校", "职业技术学院")
    school = np.where(stage < 3, stage * towns + town, 3 * towns + stage - 3)
    arrays = {
        "person": who,
        "pupil": who.copy(),
        "school": school,
        "stage": stage,
        "grade": np.clip(age - 3, 0, len(GRADES) - 1),
        "student_status": status,
        "enrolled_on": enrolled_on,
    }
    book = make_book(
        m,
        "students",
        arrays,
        name=books.PersonName("person"),
        person_id=books.PersonNumber("person"),
        student_no=books.StudentNumber("pupil"),
        school=books.Label("school", schools),
        grade=books.Label("grade", GRADES),
    )
    moved = np.flatnonzero(~quiet & (stage < 3) & (luck > 0.99)) if towns > 1 else np.zeros(0, dtype=np.int64)
    there = stage[moved] * towns + (town[moved] + 1) % towns
    book.copy(moved, school=there, student_status="转出", enrolled_on=days(len(moved)))
    return book


def education_subsidies(m: Moment, students: Book) -> Book:
    """One paid row for each pupil of the register or the roll, term and item that the stage entitles to."""
    w = m.world
    entitled = m.registered() | m.shares(("农村低保", "城市低保", "农村特困", "城市特困"))
    attending = students["student_status"] == codes.STUDENT_STATUS.labels.index("在读")
    # The department also helps some who are in neither book.
    wanted = entitled[students["person"]] | (w.people.chance(8)[students["person"]] < 0.05)
    pupils = np.flatnonzero(attending & wanted)
    since = students["enrolled_on"][pupils]
    labels = codes.SUBSIDY_ITEM.labels
    items_of_stage = m.policy.at("education.items", m.clock.as_of)
    stages = students["stage"][pupils]
    parts: list[tuple[Ints, int, int]] = []
    for number, term in enumerate(m.clock.terms):
        due = np.isnat(since) | (since <= day(term.first_day))
        if not _finished(m, term):
            due &= w.people.chance(9)[students["person"][pupils]] < 0.4
        for stage, items in items_of_stage.items():
            here = pupils[due & (stages == codes.STAGE.labels.index(stage))]
            parts += [(here, number, labels.index(item)) for item in items]
    rows = np.concatenate([part[0] for part in parts])
    numbers = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
    item = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    first_days = np.array([day(t.first_day) for t in m.clock.terms])
    arrays = {
        "person": students["person"][rows],
        "pupil": students["pupil"][rows].copy(),
        "number": numbers,
        "item": item,
        "batch": np.ones(len(rows), dtype=np.int64),
        "amount": np.array(ITEM_AMOUNTS)[item],
        "payment_status": np.zeros(len(rows), dtype=np.int64),
        "paid_on": np.minimum(first_days[numbers] + np.timedelta64(75, "D"), m.d),
    }
    return make_book(
        m,
        "education_subsidies",
        arrays,
        person_id=books.PersonNumber("person"),
        name=books.PersonName("person"),
        student_no=books.StudentNumber("pupil"),
        school_year=books.Label("number", tuple(t.school_year for t in m.clock.terms)),
        term=books.Label("number", tuple(t.term for t in m.clock.terms)),
        batch_no=books.Serial("batch", "E", 0),
    )


def _finished(m: Moment, term: Term) -> bool:
    return term.last_day <= m.clock.term.last_day
