"""残疾人证: certificates of disability."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Name, Personal, Text

DISABILITY = CodeList("disability", "残疾类别", ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"))
DISABILITY_LEVEL = CodeList("disability_level", "残疾等级", ("一级", "二级", "三级", "四级"))
CARD_STATUS = CodeList("card_status", "证件状态", ("有效", "注销", "过期"))

FEED = Feed(
    name="disabilities",
    title="残疾人证",
    sender=Department.DISABLED_FEDERATION,
    grain="one row a certificate of disability",
    place=260,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    columns=(
        Column("disability_no", "残疾人证号", Text(), key=True, personal_as=Personal.OTHER),
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), required=True, synonyms=("身份证号", "身份证号码")),
        Column("category", "残疾类别", Code(DISABILITY), required=True),
        Column("disability_level", "残疾等级", Code(DISABILITY_LEVEL), required=True),
        Column("valid_until", "有效期至", Date()),
        Column("card_status", "证件状态", Code(CARD_STATUS), required=True),
    ),
)
