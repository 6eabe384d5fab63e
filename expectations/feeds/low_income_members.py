"""低保、特困对象（人）: the members of each certificate's household."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Facts, Feed, IdentityNumber, Name, Text, YesNo

FEED = Feed(
    name="low_income_members",
    title="低保、特困对象（人）",
    sender=Department.CIVIL_AFFAIRS,
    grain="one row a member of a certificate's household",
    place=40,
    facts=Facts.COMPOSED,
    book="low_income",
    row_label=("certificate_no", "name"),
    columns=(
        Column("certificate_no", "低保证号", Text(), key=True, synonyms=("救助证号",)),
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), key=True),
        Column("relation", "与户主关系", Code(codes.RELATION), required=True),
        Column("covered", "是否保障对象", YesNo(), required=True),
    ),
)
