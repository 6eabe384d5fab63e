"""机动车登记: vehicles and who owns them."""

from expectations.codes import CodeList
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Facts, Feed, IdentityNumber, Money, Name, Personal, Text

VEHICLE_TYPE = CodeList("vehicle_type", "车辆类型", ("轿车", "客车", "货车", "摩托车", "三轮汽车", "拖拉机", "其他"))
USAGE = CodeList("usage", "使用性质", ("非营运", "营运"))
VEHICLE_STATUS = CodeList("vehicle_status", "机动车状态", ("正常", "注销", "报废", "转出"))

FEED = Feed(
    name="vehicles",
    title="机动车登记",
    sender=Department.PUBLIC_SECURITY,
    grain="one row a vehicle, owner and status",
    place=210,
    facts=Facts.NONE,
    optional=True,
    needs_basis=True,
    row_label=("plate_no", "owner_name", "vehicle_status"),
    columns=(
        Column("plate_no", "号牌号码", Text(), key=True, synonyms=("车牌号",), personal_as=Personal.PLATE),
        Column("owner_name", "所有人", Name(), required=True, synonyms=("所有人姓名",)),
        Column("owner_id", "证件号码", IdentityNumber(), key=True, synonyms=("身份证号", "身份证号码")),
        Column("vehicle_type", "车辆类型", Code(VEHICLE_TYPE), required=True),
        Column("usage", "使用性质", Code(USAGE), required=True),
        Column("registered_on", "初次登记日期", Date(), required=True),
        Column("appraised_value", "价值", Money(), synonyms=("购置价", "评估价"), unit="元"),
        Column("vehicle_status", "机动车状态", Code(VEHICLE_STATUS), key=True),
    ),
)
