"""低保、特困对象（户）: the certificates of social assistance."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import (
    Code,
    Column,
    Date,
    Facts,
    Feed,
    IdentityNumber,
    Integer,
    Money,
    Name,
    RequiredWhere,
    Text,
    VillageCode,
)

FEED = Feed(
    name="low_income_households",
    title="低保、特困对象（户）",
    sender=Department.CIVIL_AFFAIRS,
    grain="one row a certificate",
    place=30,
    facts=Facts.COMPOSED,
    book="low_income",
    columns=(
        Column("certificate_no", "低保证号", Text(), key=True, synonyms=("救助证号",)),
        Column("head_name", "户主姓名", Name(), required=True),
        Column("head_id", "户主证件号码", IdentityNumber(), required=True, synonyms=("户主身份证号",)),
        Column("village_code", "行政区划代码", VillageCode(), required=True, synonyms=("村代码",)),
        Column("programme", "救助类别", Code(codes.PROGRAMME), required=True),
        Column(
            "tier",
            "保障类别",
            Code(codes.TIER),
            synonyms=("分类",),
            required_where=RequiredWhere("programme", ("农村低保", "城市低保")),
        ),
        Column("persons", "家庭人口数", Integer(1, 30), required=True, unit="人"),
        Column("covered_persons", "保障人口数", Integer(0, 30), required=True, synonyms=("保障人数",), unit="人"),
        Column(
            "monthly_income",
            "家庭月人均收入",
            Money(),
            required=True,
            synonyms=("月人均收入",),
            unit="元/人·月",
        ),
        Column("benefit_method", "救助金计算方式", Code(codes.BENEFIT_METHOD), required=True),
        Column("monthly_benefit", "月保障金额", Money(), required=True, synonyms=("月救助金额",), unit="元/户·月"),
        Column("category_topup", "分类施保金", Money(), at_most="monthly_benefit", unit="元/户·月"),
        Column("start_date", "保障起始日期", Date(), required=True),
        Column("status", "保障状态", Code(codes.CERTIFICATE_STATUS), required=True),
        Column("end_date", "停保日期", Date(), required_where=RequiredWhere("status", ("停保",))),
        Column("grace_start", "渐退起始日期", Date(), required_where=RequiredWhere("status", ("渐退",))),
    ),
)
