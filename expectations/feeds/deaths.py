"""死亡信息: deaths that the police know of, accumulating by month of registration."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Month, Name

REGISTRY = CodeList("registry", "登记来源", ("户籍注销", "火化", "医学证明", "其他"))

FEED = Feed(
    name="deaths",
    title="死亡信息",
    sender=Department.PUBLIC_SECURITY,
    grain="one row a death and the registry that knows of it",
    place=200,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    accumulates_by=("month",),
    row_label=("name", "month", "registry"),
    columns=(
        Column("month", "登记年月", Month(), key=True),
        Column("name", "姓名", Name(), required=True),
        Column("person_id", "证件号码", IdentityNumber(), key=True, synonyms=("身份证号", "身份证号码")),
        Column("died_on", "死亡日期", Date(by_as_of=True), key=True),
        Column("registry", "登记来源", Code(REGISTRY), key=True),
    ),
)
