"""LD05–LD07: cases."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from builders import D, Row, World, certificate, certificate_member, pid, world
from cases.case import Case, Of
from office_rows import disability, pension, title

A, B = pid(1), pid(2)
DAY, FEN = timedelta(days=1), Decimal("0.01")
ld05, ld06, ld07 = Of("LD05"), Of("LD06"), Of("LD07")


def under(certificates: Sequence[Row], members: Sequence[Row], **rows: Any) -> World:
    """Certificates and their members, beside another office's rows."""
    return world(fillers=False, low_income_households=certificates, low_income_members=members, **rows)


def one(covered: bool = True, **over: Any) -> tuple[list[Row], list[Row]]:
    """C1, of A alone."""
    return [certificate(**over)], [certificate_member(covered=covered)]


def both(**second: Any) -> tuple[list[Row], list[Row]]:
    """C1 and C2, both of A."""
    return [certificate(), certificate("C2", **second)], [certificate_member(), certificate_member("C2")]


def disabled(*cards: Row, books: tuple[list[Row], list[Row]] | None = None, **over: Any) -> World:
    """A covered without a supplement, or what ``books`` say, and these certificates of disability."""
    return under(*(books or one()), disabilities=cards or [disability()], **over)


def holding(*titles: Row, books: tuple[list[Row], list[Row]] | None = None, **over: Any) -> World:
    """C1, or what ``books`` say, and these titles."""
    return under(*(books or one()), real_estate=titles, **over)


def drawing(*pensions: Row, books: tuple[list[Row], list[Row]] | None = None, **over: Any) -> World:
    """A covered, or what ``books`` say, and these pensions."""
    return under(*(books or one()), pensions=pensions, **over)


FAMILY = ([certificate(persons=2)], [certificate_member(), certificate_member(person_id=B, covered=False)])
LAST_YEAR = pension(B, year=2025)

CASES: tuple[Case, ...] = (
    # LD05
    ld05.perhaps_broken_by("covered, severely disabled, no supplement", disabled(), A),
    ld05.perhaps_broken_by("a supplement of 0", disabled(books=one(category_topup=0)), A),
    ld05.holds_for("a supplement of a fen", disabled(books=one(category_topup=FEN))),
    ld05.holds_for("a supplement on one of two certificates", disabled(books=both(category_topup=100))),
    ld05.perhaps_broken_by("on neither of two", disabled(books=both(category_topup=0)), A),
    ld05.perhaps_broken_by(
        "one on a certificate of the destitute, which is no 低保",
        disabled(books=both(category_topup=100, programme="农村特困")),
        A,
    ),
    ld05.holds_for("not covered", disabled(books=one(covered=False))),
    ld05.holds_for("destitute", disabled(books=one(programme="农村特困"))),
    ld05.holds_for("a marginal household", disabled(books=one(programme="低保边缘"))),
    ld05.holds_for("a certificate that has ended", disabled(books=one(end_date=D))),
    ld05.holds_for("somebody else", disabled(disability(B))),
    ld05.perhaps_broken_by("second level", disabled(disability(disability_level="二级")), A),
    ld05.holds_for("third level", disabled(disability(disability_level="三级"))),
    ld05.holds_for("no level is asked about", disabled(policy={"leads.disability_levels": []})),
    ld05.perhaps_broken_by("runs out today", disabled(disability(valid_until=D)), A),
    ld05.holds_for("ran out yesterday", disabled(disability(valid_until=D - DAY))),
    ld05.perhaps_broken_by(
        "ran out since its feed's day", disabled(disability(valid_until=D - DAY), as_of={"disabilities": D - DAY}), A
    ),
    ld05.holds_for("withdrawn", disabled(disability(card_status="注销"))),
    ld05.holds_for("said to have run out", disabled(disability(card_status="过期"))),
    ld05.not_evaluated("no document allows it", disabled(policy={"leads.basis": {}})),
    # LD06
    ld06.holds_for("one home", holding(title())),
    ld06.perhaps_broken_by("two homes", holding(title(), title("T2")), "C1"),
    ld06.holds_for("one home of two holders", holding(title(), title(owner_id=B), books=FAMILY)),
    ld06.perhaps_broken_by("two homes of two members", holding(title(), title("T2", B), books=FAMILY), "C1"),
    ld06.holds_for("the second of somebody else", holding(title(), title("T2", B))),
    ld06.holds_for("the second was sold", holding(title(), title("T2", title_status="历史"))),
    ld06.holds_for("the second stands on a homestead", holding(title(), title("T2", land_use="农村宅基地"))),
    ld06.holds_for("the second is neither", holding(title(), title("T2", land_use="其他"))),
    ld06.perhaps_broken_by("premises", holding(title(land_use="商业")), "C1"),
    ld06.perhaps_broken_by("premises and two homes", holding(title("T3", land_use="商业"), title(), title("T2")), "C1"),
    ld06.holds_for("premises that were sold", holding(title(land_use="商业", title_status="历史"))),
    ld06.perhaps_broken_by(
        "destitute", holding(title(land_use="商业"), books=one(programme="农村特困", status="渐退")), "C1"
    ),
    ld06.holds_for("a marginal household", holding(title(land_use="商业"), books=one(programme="低保边缘"))),
    ld06.holds_for("not in force", holding(title(land_use="商业"), books=one(end_date=D))),
    ld06.not_evaluated("no document allows it", holding(title("T2"), title(), policy={"leads.basis": {}})),
    # LD07
    ld07.perhaps_broken_by("a worker's pension", drawing(pension()), A),
    ld07.perhaps_broken_by("an official's", drawing(pension(pension_scheme="机关事业")), A),
    ld07.holds_for("a resident's", drawing(pension(pension_scheme="城乡居民"))),
    ld07.perhaps_broken_by("as much as is asked about", drawing(pension(monthly_pension=500)), A),
    ld07.holds_for("a fen less", drawing(pension(monthly_pension=500 - FEN))),
    ld07.perhaps_broken_by(
        "two that come to as much",
        drawing(pension(monthly_pension=250), pension(pension_scheme="机关事业", monthly_pension=250)),
        A,
    ),
    ld07.holds_for(
        "two, of which one is not known",
        drawing(pension(monthly_pension=499), pension(pension_scheme="机关事业", monthly_pension=None)),
    ),
    ld07.holds_for("nobody knows how much", drawing(pension(monthly_pension=None))),
    *(
        ld07.holds_for(f"no pension is drawn: {status}", drawing(pension(pension_status=status)))
        for status in ("参保缴费", "暂停", "终止")
    ),
    ld07.perhaps_broken_by("last year's, of which alone there are rows", drawing(pension(year=2025)), A),
    ld07.holds_for("last year's, where somebody has one of this year", drawing(pension(year=2025), pension(B))),
    ld07.perhaps_broken_by("this year's beside last year's", drawing(pension(), LAST_YEAR), A),
    ld07.holds_for("of the year before last", drawing(pension(year=2024))),
    ld07.holds_for("of next year", drawing(pension(year=2027))),
    ld07.perhaps_broken_by(
        "last year's feed",
        drawing(pension(year=2025), as_of={"pensions": date(2025, 12, 31)}, policy={"freshness_days": 200}),
        A,
    ),
    ld07.perhaps_broken_by("a member who is not covered", drawing(pension(), books=one(covered=False)), A),
    ld07.holds_for("destitute", drawing(pension(), books=one(programme="农村特困"))),
    ld07.holds_for("not in force", drawing(pension(), books=one(end_date=D))),
    ld07.holds_for("somebody else", drawing(pension(B))),
    ld07.not_evaluated("no document allows it", drawing(pension(), policy={"leads.basis": {}})),
)
