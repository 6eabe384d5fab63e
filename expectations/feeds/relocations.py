"""易地搬迁: households that are moved out of places nobody can live in, and when they moved."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Integer, Name, Text, Year, YesNo

RESETTLEMENT = CodeList("resettlement", "安置方式", ("集中安置", "分散安置"))

FEED = Feed(
    name="relocations",
    title="易地搬迁",
    sender=Department.DEVELOPMENT,
    grain="one row a household that is moved",
    place=280,
    facts=Facts.NONE,
    optional=True,
    heard_when_stale=True,
    columns=(
        Column("relocation_no", "搬迁编号", Text(), key=True),
        Column("household_no", "户编号", Text()),
        Column("head_name", "户主姓名", Name(), required=True),
        Column("head_id", "户主证件号码", IdentityNumber(), required=True, synonyms=("户主身份证号",)),
        Column("persons", "搬迁人口", Integer(1, 30), required=True, unit="人"),
        Column("resettlement", "安置方式", Code(RESETTLEMENT), required=True),
        Column("plan_year", "计划年度", Year(), required=True),
        Column("completed_on", "竣工日期", Date()),
        Column("moved_in_on", "入住日期", Date()),
        Column("old_house_demolished", "旧房拆除", YesNo()),
    ),
)
