"""The register's people: what the departments together say of each of them at one date."""

from sqlalchemy import Boolean, Date, Integer, String

from expectations.feed import Personal
from warehouse.tables.columns import YUAN, county_columns, make_column, make_table

_UNKNOWN = "；不能判断（状态不正常、没有有效证件号码，或该项数据缺失、过期）时为空，不是否"
_FEED = "register_members"

fact_registered_person = make_table(
    "fact_registered_person",
    "建档立卡人员快照：每条人员记录、每个数据截止日一行（人员状态正常的，附各部门数据合并后的保障情况）",
    *county_columns(as_of=True),
    make_column("member_no", String(200), "人编号", key=True, feed=_FEED, heading="人编号"),
    make_column("household_no", String(200), "户编号", required=True, feed=_FEED, heading="户编号"),
    make_column(
        "person_id",
        String(18),
        "证件号码（18位；无效时为空）",
        feed=_FEED,
        heading="证件号码",
        personal=Personal.IDENTITY_NUMBER,
    ),
    make_column("village_code", String(12), "所在户的行政区划代码（村级12位）", required=True),
    make_column("person_status", String(32), "人员状态", required=True, feed=_FEED, heading="人员状态"),
    make_column("status_date", Date(), "状态变更日期", feed=_FEED, heading="状态变更日期"),
    make_column("is_open", Boolean(), "所在户是否在册未脱贫（未脱贫或返贫）", required=True),
    make_column("cause", String(32), "所在户的主要致贫原因", required=True),
    make_column("counts", Boolean(), "是否计入在册人口：人员状态正常；重复登记的只有一条计入", required=True),
    make_column("born_on", Date(), "出生日期（取自证件号码，没有时为空）", personal=Personal.BIRTH_DATE),
    make_column("on_roll", Boolean(), "是否在保（低保、特困）" + _UNKNOWN),
    make_column("insured", Boolean(), "参保年度内是否正常参保" + _UNKNOWN),
    make_column("premium_class", String(32), "应资助参保类别；参加城乡居民医保且应资助的才有"),
    make_column("premium_yuan_due", YUAN, "应资助参保金额（元/年）；参加城乡居民医保且应资助的才有"),
    make_column("premium_yuan_paid", YUAN, "实际资助参保金额（元/年，多条记录取最少）；同上"),
    make_column("of_school_age", Boolean(), "是否义务教育年龄儿童" + _UNKNOWN),
    make_column("at_school", Boolean(), "是否有在读等学籍" + _UNKNOWN),
    make_column("stage", String(32), "应享受教育资助的学段；没有应享受项目的为空"),
    make_column("items_due", Integer(), "最近结束的学期应享受的教育资助项数（项）" + _UNKNOWN),
    make_column("items_received", Integer(), "其中已发放的项数（项）" + _UNKNOWN),
)
