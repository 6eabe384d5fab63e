"""What the doctor looks at, what it finds, and what it advises."""

from typing import Final

DOCTOR: Final[dict[str, str]] = {
    "Python {} is needed: remove .venv, then make setup PYTHON=...": (
        "需要 Python {0}：删除 .venv，再执行 make setup PYTHON=..."
    ),
    "not installed (optional)": "没有安装（可选）",
    "not installed": "没有安装",
    "{} is needed: make setup": "需要 {0}：执行 make setup",
    "home {}": "数据目录 {0}",
    "writable": "可写",
    "not there yet, can be made": "还没有，可以建立",
    "give the user who runs liangxian the right to write there, or name another folder with --home": (
        "给运行 liangxian 的用户写权限，或用 --home 换一个文件夹"
    ),
    "privacy of the home": "数据目录的保密",
    "every user of this machine can read it": "本机所有用户都能读",
    "its group can enter it, which {} does not let": "同组用户能进入，{0} 不允许",
    "closed to other users": "其他用户不能读",
    "it holds identity numbers: chmod 700 {}": "里面有证件号码，请执行 chmod 700 {0}",
    "free disk": "磁盘空间",
    "at least {} GB should be free: make room, or move the home": "至少应留 {0} GB：腾出空间，或移动数据目录",
    "key of finding ids": "问题编号的密钥",
    "missing, though there are books": "没有密钥，却有账册",
    "restore {} from a backup: with another key every finding looks new": (
        "从备份恢复 {0}：换了密钥，所有问题都会变成新的"
    ),
    "not there yet, made by the first run": "还没有，第一次比对时建立",
    "not readable as hexadecimal digits": "不是十六进制数字",
    "restore it from a backup": "请从备份恢复",
    "from {}": "来自 {0}",
    "working days": "工作日安排",
    "unknown for {}": "{0}年的尚未公布",
    "known for {}": "{0}年的已有",
    "until then deadlines count Monday to Friday: update chinesecalendar once the year's holidays are announced": (
        "在此之前时限按周一至周五计算；节假日安排公布后请更新 chinesecalendar"
    ),
    "books": "账册",
    "books at {}": "账册 {0}",
    "not there yet, made by the first delivery": "还没有，收到第一批数据时建立",
    "see that the server runs, its driver is installed and {} is right": (
        "请看服务器是否在运行、驱动是否安装、{0} 是否正确"
    ),
    "restore books.sqlite from a backup": "请从备份恢复 books.sqlite",
    "cannot be opened ({})": "打不开（{0}）",
    "damaged": "已损坏",
    "without {}": "缺少 {0}",
    "the next command that writes makes what is missing: liangxian ingest": "下一条写入的命令会补上：liangxian ingest",
    "open, every table is there": "能打开，各表齐全",
    "policy files in {}": "{0} 里的政策文件",
    "policy files": "政策文件",
    "mend them, then: liangxian policy check": "改正后执行 liangxian policy check",
    "readable, of {} county": "能读，{0} 个县",
    "readable, of {} counties": "能读，{0} 个县",
    "none, national defaults hold": "没有，用全国默认值",
    "policy of {}": "{0} 的政策参数",
    "national defaults": "全国默认值",
    "write the values into the policy file of {}": "请把值写进 {0} 的政策文件",
    "complete on {}, {} of {} values are defaults": "{0} 齐全；{2} 个值中 {1} 个是默认值",
    "defaults that are no statute: {}": "用的是软件默认值，并无规定：{0}",
    "the county's own belong into the policy file of {}": "县里自己的值应写进 {0} 的政策文件",
    "{}, policy": "{0} 的政策参数",
    "{} of {}": "{1} 的{0}",
    "ask {} for {}; rules that need it are not evaluated": "请向{0}催要{1}；在此之前用到它的规则不评估",
    "never delivered": "从未报送",
    "deliveries in force that no document allows any more: {}": "有 {0} 批已入库的数据没有共享依据，不再采用",
    "name the document in policy leads.basis if one is in force; otherwise they go with their retention": (
        "有现行文件的，请写入参数 leads.basis；没有的，到保存期限自动删除"
    ),
    "as of {}, {} days old ({} allowed)": "数据截止 {0}，已过 {1} 天（最多 {2} 天）",
    "audit log": "审计日志",
    "{} entries, broken at {}": "{0} 条记录，第 {1} 条断开",
    "{} entries, without one that was noted": "{0} 条记录，缺少曾经记下的一条",
    "{} entries, unbroken": "{0} 条记录，完好",
    "somebody altered it: liangxian audit verify names the entries": (
        "有人改动过：liangxian audit verify 会指出是哪几条"
    ),
    "key of the books": "账册的密钥",
    "the key of finding ids is not the one that the books were kept with": "问题编号的密钥不是记这本账册时用的那个",
    "the books do not say with which key they were kept": "账册没有写明是用哪个密钥记的",
    "restore keys/finding.key from a backup": "请从备份中恢复 keys/finding.key",
    "mode {}": "权限 {0}",
    "chmod 600 {}": "请执行 chmod 600 {0}",
    "published warehouse": "已发布的数据仓库",
    "nothing is published": "还没有发布",
    "liangxian publish": "请执行 liangxian publish",
    "cannot be read ({})": "读不出来（{0}）",
    "behind the books in {}": "比账册旧：{0}",
    "made by another release": "由另一个版本的软件发布",
    "readable, runs in it: {}": "能读，含 {0} 次结果",
}
"""Beside these, feeds are called by their titles."""
