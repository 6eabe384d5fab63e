"""What the nights did: findings, deliveries, quality, rule runs, and which run each part was loaded from."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Integer, String, Text

from expectations.feed import Personal
from expectations.finding import EXPLANATION_FOR_DEPARTMENTS, FINDING_COLUMNS, MASKED_COLUMNS
from expectations.status import legend
from warehouse.tables.columns import PERSONAL_TEXT, YUAN, county_columns, make_column, make_table

FINDING_TITLES = {
    "finding_id": "问题编号（由规则、县、对象、期间导出，不含个人信息）",
    "rule": "规则编号",
    "rule_name": "问题类型（规则名称）",
    "severity": "严重程度：high 高、medium 中、low 低",
    "certainty": "把握程度：certain 确定、possible 待核",
    "owner": "责任部门",
    "county": "县级行政区划代码（GB/T 2260）",
    "township": "乡镇",
    "village": "村",
    "subject_kind": "对象类型",
    "subject_key": "对象键",
    "household_no": "户编号",
    "certificate_no": "低保证号",
    "person_id": "证件号码",
    "name": "姓名",
    "period": "期间（参保年度、学年或月份；无期间的为空文本）",
    "expected": "应有情况",
    "actual": "实际情况",
    "explanation": "问题描述",
    "clears_when": "如何消除",
    "evidence": "证据（JSON：数据、批次、文件、工作表、行号及所用的值）",
    "first_seen": "首次发现日（数据截止日）",
    "last_seen": "最近发现日（数据截止日）",
    "state": "台账状态",
    "due_on": "办理期限",
}
"""Chinese title of every column of a finding."""

_DATES = {"first_seen", "last_seen", "due_on"}
_PERSONAL = dict.fromkeys(MASKED_COLUMNS, PERSONAL_TEXT) | {
    "person_id": Personal.IDENTITY_NUMBER,
    "name": Personal.NAME,
}


def _finding_column(name: str) -> Column[Any]:
    """One column of the contract."""
    return make_column(
        name,
        Date() if name in _DATES else Text(),
        FINDING_TITLES[name],
        key=name == "finding_id",
        required=name in {"rule", "county", "severity", "certainty", "subject_key", "period", "state"},
        personal=_PERSONAL.get(name),
    )


fact_finding = make_table(
    "fact_finding",
    "问题：每个问题一行，为台账现状",
    *(_finding_column(name) for name in FINDING_COLUMNS),
    *(make_column(f"{name}_masked", Text(), f"{FINDING_TITLES[name]}（已脱敏）") for name in MASKED_COLUMNS),
    make_column(
        EXPLANATION_FOR_DEPARTMENTS,
        Text(),
        "问题描述（责任部门所见：姓名如实，证件号码已脱敏；旧版台账为空）",
        personal=PERSONAL_TEXT,
    ),
    make_column("village_code", String(12), "村级区划代码"),
    make_column("township_code", String(9), "乡镇区划代码"),
    make_column("batch", String(64), "下发批次（未下发的为空）"),
    make_column("dispatched_on", Date(), "下发日期"),
    make_column("cleared_by", Text(), "证明问题已消除的报送批次"),
    make_column(
        "cleared_because",
        String(16),
        "并非数据证明而消除的原因：规则口径变更、政策调整、数据撤回（不算整改；旧版台账为空）",
    ),
    make_column("past_period", Boolean(), "是否往期问题", required=True),
    make_column("unchecked", Boolean(), "是否本次未能核对（有关的记录被本方退回；旧版台账为空）"),
    make_column("evidence_digest", String(64), "证据摘要（HMAC-SHA-256，本地密钥；旧版所记为SHA-256）"),
    make_column("case_no", String(200), "危改档案编号"),
    make_column("student_no", String(200), "学籍号", personal=Personal.STUDENT_NO),
    make_column("school", String(200), "学校"),
    make_column("head_name", String(200), "户主姓名", personal=Personal.NAME),
    make_column("rule_yuan", YUAN, "规则金额（元）：规则认为应补发或应追回的；不涉及金额的和旧版台账为空"),
    make_column("rule_months", Text(), "规则金额所属月份，以顿号分隔；同一证同一月只计入一条规则；不按月的为空"),
)

fact_delivery = make_table(
    "fact_delivery",
    "报送批次：每个批次一行（含退回的）",
    make_column("county", String(6), "县级行政区划代码（GB/T 2260）", required=True),
    make_column("delivery", String(160), "批次编号", key=True),
    make_column("feed", String(64), "数据名称（英文）", required=True),
    make_column("feed_title", String(64), "数据名称"),
    make_column("department", String(32), "报送部门"),
    make_column("as_of", Date(), "数据截止日（文件名中没有的为空）"),
    make_column("source", String(16), "来源：file 文件、pull 抽取、push 推送", required=True),
    make_column("files", Text(), "文件名（JSON 列表）", required=True),
    make_column("sha256", String(64), "内容摘要（SHA-256）", required=True),
    make_column("bytes", BigInteger(), "字节数", required=True),
    make_column("rows_read", BigInteger(), "读取行数"),
    make_column("rows_staged", BigInteger(), "入库行数"),
    make_column("rows_quarantined", BigInteger(), "隔离行数"),
    make_column("rows_totals_or_blank", BigInteger(), "合计行或空行数"),
    make_column("rows_repeated", BigInteger(), "重复行数"),
    make_column("values_refused", BigInteger(), "入库行中被拒的值数"),
    make_column(
        "status",
        String(16),
        "状态：accepted 接收、rejected 退回、superseded 被替代、held 待确认、withdrawn 已撤回、erased 已按期删除",
        required=True,
    ),
    make_column("reason", Text(), "退回、待确认或撤回的原因"),
    make_column("in_force", Boolean(), "最近一次比对是否使用", required=True),
    make_column("received_at", DateTime(timezone=True), "收到时间（UTC）", required=True),
)

fact_quality = make_table(
    "fact_quality",
    "数据质量：每个批次、每条期望一行",
    make_column("county", String(6), "县级行政区划代码（GB/T 2260）", required=True),
    make_column("delivery", String(160), "批次编号", key=True),
    make_column("expectation", String(160), "期望", key=True),
    make_column("column_name", String(64), "列（针对整批的为空文本）", required=True),
    make_column("severity", String(16), "程度：warn 提示、reject 退回", required=True),
    make_column("success", Boolean(), "是否满足", required=True),
    make_column("observed", String(200), "观察到的数值（不含个人信息）"),
    make_column("description", String(400), "说明"),
)

fact_rule_run = make_table(
    "fact_rule_run",
    "规则执行：每次比对、每条规则一行",
    *county_columns(as_of=True),
    make_column("rule", String(8), "规则编号", key=True),
    make_column("run", String(64), "比对编号", required=True),
    make_column("status", String(16), legend(), required=True),
    make_column(
        "reason", Text(), "未评估、未到时间或不适用的原因；已评估的为没有纳入的数据和没有核对的月份、学期（没有的为空）"
    ),
    make_column("candidates", Integer(), "被比对的行数：规则所用第一类数据的在用行数（未评估的为空）"),
    make_column("findings", Integer(), "发现的问题数（未评估的为空）"),
    make_column("seconds", Float(), "用时（秒）"),
)

fact_load = make_table(
    "fact_load",
    "装载记录：每县、每个数据截止日一行，写明数据来自哪一次比对",
    *county_columns(as_of=True),
    make_column("run", String(64), "比对编号", required=True),
    make_column("code", String(64), "程序版本", required=True),
    make_column("digest", String(64), "装载内容摘要（SHA-256，时钟除外）", required=True),
    make_column("definitions", String(64), "表、视图和装载语句的摘要（不同则整库重建）", required=True),
)
