"""What a command is doing at the moment: a spinner says it on a terminal, else the log does, in English."""

from collections.abc import Mapping
from typing import Final

STEPS: Final[Mapping[str, str]] = {
    "starting": "开始",
    "stage {} {} {} ({} of {})": "入库 {0} {1} {2}（第 {3} 批，共 {4} 批）",
    "pull {} {}": "取数 {0} {1}",
    "reconcile {} at {}": "比对 {0}，截止 {1}",
    "replay {} at {}: {}": "按现行口径重看 {0}，截止 {1}：{2}",
    "{} changed rules, {} with other policy values": "{0} 条规则口径变更，{1} 条政策标准变化",
    "reconcile at {}: {} counties in {} parts": "比对，截止 {0}：{1} 个县，分 {2} 组",
    "record {}": "入台账 {0}",
    "load and publish the warehouse": "装入并发布数据仓库",
    "load and publish the warehouse on PostgreSQL": "装入并发布 PostgreSQL 上的数据仓库",
    "report {}": "出工作簿和摘要 {0}",
    "report: {} counties": "出工作簿和摘要：{0} 个县",
    "report {}: {} pieces": "出工作簿和摘要 {0}：{1} 份",
    "send {}": "下发 {0}",
    "feedback {}": "收回反馈表 {0}",
    "erase {} deliveries of {}": "删除 {1} 的 {0} 批",
    "undo {}": "撤销比对 {0}",
    "notice {}": "公示 {0}",
    "exits {}": "退出预检 {0}",
    "try {} at {}": "试算 {0}，截止 {1}",
    "{}, {} at a time": "{0}，同时 {1} 个",
}
