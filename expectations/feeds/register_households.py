"""建档立卡户: the households of the poverty register."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import (
    Code,
    Column,
    Facts,
    Feed,
    IdentityNumber,
    Integer,
    Money,
    Name,
    Personal,
    RequiredWhere,
    Text,
    VillageCode,
    Year,
    YesNo,
)

FEED = Feed(
    name="register_households",
    title="建档立卡户",
    sender=Department.REGISTER,
    grain="one row a household of the register",
    place=10,
    facts=Facts.COMPOSED,
    book="register",
    columns=(
        Column("household_no", "户编号", Text(), key=True),
        Column("head_name", "户主姓名", Name(), required=True),
        Column("head_id", "户主证件号码", IdentityNumber(), required=True, synonyms=("户主身份证号",)),
        Column("village_code", "行政区划代码", VillageCode(), required=True, synonyms=("村代码",)),
        Column("township", "乡镇", Text(), required=True),
        Column("village", "行政村", Text(), required=True, synonyms=("村",)),
        Column("persons", "家庭人口数", Integer(1, 30), required=True, synonyms=("家庭人口",), unit="人"),
        Column("household_type", "户类型", Code(codes.HOUSEHOLD_TYPE), required=True, synonyms=("贫困户属性",)),
        Column("identified_year", "识别年度", Year(2000), required=True),
        Column("poverty_status", "脱贫属性", Code(codes.POVERTY_STATUS), required=True, synonyms=("贫困状态",)),
        Column("exit_year", "脱贫年度", Year(), required_where=RequiredWhere("poverty_status", ("已脱贫",))),
        Column("monitoring", "监测对象类别", Code(codes.MONITORING)),
        Column("cause", "主要致贫原因", Code(codes.CAUSE), required=True, synonyms=("致贫原因",)),
        Column("income_previous", "上年度人均纯收入", Money(may_be_negative=True), required=True, unit="元/人·年"),
        Column(
            "income_current",
            "本年度人均纯收入",
            Money(may_be_negative=True),
            required=True,
            synonyms=("人均纯收入",),
            unit="元/人·年",
        ),
        Column("housing_safe", "住房安全", YesNo(), required=True, synonyms=("是否住房安全",)),
        Column("water_safe", "饮水安全", YesNo(), synonyms=("是否饮水安全",)),
        Column("helper_name", "帮扶责任人", Name()),
        Column("phone", "联系电话", Text(), personal_as=Personal.PHONE),
    ),
)
