"""建档立卡人口: the people of the poverty register."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Name, Personal, RequiredWhere, Text

FEED = Feed(
    name="register_members",
    title="建档立卡人口",
    sender=Department.REGISTER,
    grain="one row a person of the register",
    place=20,
    facts=Facts.COMPOSED,
    book="register",
    columns=(
        Column("household_no", "户编号", Text(), required=True),
        Column("member_no", "人编号", Text(), key=True),
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), required=True, synonyms=("身份证号", "身份证号码")),
        Column("sex", "性别", Code(codes.SEX)),
        Column("birth_date", "出生日期", Date(), personal_as=Personal.BIRTH_DATE),
        Column("relation", "与户主关系", Code(codes.RELATION), required=True),
        Column("ethnicity", "民族", Text()),
        Column("health", "健康状况", Code(codes.HEALTH)),
        Column("labour", "劳动能力", Code(codes.LABOUR), synonyms=("劳动技能",)),
        Column("schooling", "在校生状况", Code(codes.SCHOOLING)),
        Column("person_status", "人员状态", Code(codes.PERSON_STATUS), required=True),
        Column(
            "status_date",
            "状态变更日期",
            Date(),
            required_where=RequiredWhere("person_status", ("死亡", "迁出", "婚嫁")),
        ),
    ),
)
