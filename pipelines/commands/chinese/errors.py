"""What ends a command in a sentence: what is wrong, why, what to do."""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, str]] = {
    "rule": "规则",
    "delivery": "批次",
    "finding": "问题",
    "run": "结果",
    "sample": "样本",
    "indicator": "指标",
    "login": "登录名",
    "recipient": "接收方",
    "file": "文件",
    "household": "户",
    "certificate": "低保证",
    "household or certificate": "户或低保证",
    "village": "村",
    "township": "乡镇",
}
"""What a name can name (``UnknownError``)."""

_REQUESTS: Final[Mapping[str, str]] = {
    "there are {}": "可选的有 {0}",
    "give more of it": "请多写几位",
    "{} is none of {}": "{0} 不在 {1} 之中",
    "{} is no date YYYY-MM-DD": "{0} 不是日期，应写作 2026-06-30 这样",
    "{} is no 6-digit county code": "{0} 不是 6 位县代码",
    "{} is no office: {}": "没有单位 {0}，可选的有：{1}",
    "{} is a link, or no file": "{0} 是链接，或不是文件",
    "{} has another name (a hard link), or is no file": "{0} 还有另一个名字（硬链接），或不是文件",
    "{} was changed while it was read": "{0} 在读取时被改动",
    "{}={}: no delivery can be read in so little": "{0}={1}：内存太小，什么文件也读不了",
    "give it 1GB or more": "请设为1GB或更多",
    "{}={}: it is a number of seconds such as 1800": "{0}={1}：应写秒数，如1800",
    "{} is no size such as 2GB": "{0} 不是内存大小，应写作 2GB 这样",
    "{} is no moment such as 2026-07-01T02:00 or 2026-07-01T02:00Z": "{0} 不是时刻，应写作 2026-07-01T02:00 这样",
    "{} is no KEY=VALUE": "{0} 不是“键=值”",
    "{} is no file name": "{0} 不是文件名",
    "{} is the name of a temporary file": "{0} 是临时文件的名字",
    "nothing was taken in": "没有收入",
    "personal values are shown for a purpose only": "查看个人信息必须写明用途",
    "an evaluator needs one, others none": "评估登录名须写一个接收方，其他登录名不写",
    "no number was given": "没有给出编号",
    "a reader needs one at least, a loader none": "读取的登录名至少要一个县，loader 不写",
    "is not set: postgresql://user@host/database": "没有设置，应写作 postgresql://user@host/database",
    "a short name of letters, digits, - and _": "应为由字母、数字、- 和 _ 组成的短名",
    "standard input (-) comes alone, and with the file's --name": "标准输入（-）须单独使用，并用 --name 写文件名",
    "no such file or folder: {}": "没有文件或文件夹 {0}",
    "{} does not end in .xlsx": "{0} 的后缀不是 .xlsx",
    "{} ends neither in .parquet nor in .csv": "{0} 的后缀不是 .parquet 或 .csv",
    "either a name or --list": "写名称，或者写 --list",
    "either the id of a finding, or whose findings are meant": "写问题编号，或者写明是谁的问题",
    "what had been received by then has no arrivals": "--known-at 与 --arrivals 不能同时用",
    "{} tells no format: {}": "从文件名 {0} 看不出格式，可选的有：{1}",
    "a workbook is no text for a terminal": "工作簿不能显示在终端上",
    "name a file with --out": "请用 --out 写文件名",
    "that is no valid identity number": "这不是有效的证件号码",
    "{} lies before {}": "{0} 早于 {1}",
    "{} lies before {}, the day of the newest run of {}": "{0} 早于 {2} 最近一次结果的截止日 {1}",
    "a card is of one number, a book of one --village or --township": (
        "写一个编号，或者写一个 --village（村册）、--township（乡簿），只写其中一样"
    ),
    "--household and --certificate say what a number is": "--household、--certificate 说明编号是哪一种，须与编号同用",
    "a number is one of the two": "一个编号只能是其中一种",
    "{} is no {}-digit code of a {}": "{0} 不是 {1} 位的区划代码（{2}）",
    "an authorisation has a number of at most {} characters": "核对授权书要有编号，最多 {0} 个字",
    "an authorisation's number is none of a person": "核对授权书的编号不能是个人的证件号码",
    "the name is missing": "没有给出姓名",
    "number and name, one after the other": "先写证件号码，再写姓名，各一行",
    "at most {} in {} minutes": "{1} 分钟内最多 {0} 次",
    "ask again later": "请稍后再查",
    "that is a person's number": "这是个人的证件号码",
    "a person's number is no argument, which every user of the machine could read": (
        "证件号码不能写在命令行上，本机其他用户都能看到"
    ),
    "liangxian lookup asks for it": "请用 liangxian lookup，另行输入",
    "{} is both a household and a certificate": "{0} 既是户编号，又是低保证号",
    "say which: --household or --certificate": "请写明是哪一种：--household 或 --certificate",
    "add --county": "请加 --county",
    "--since is for entries and exits": "--since 只用于 entries 和 exits",
    "{} is not before {}": "{0} 不早于 {1}",
    "name one county of {}": "请写明县：{0}",
    "name one sample of {}": "请写明样本：{0}",
    "{} and {} are runs of two counties": "{0} 和 {1} 是两个县的结果",
    "run {} was begun but has no findings": "结果 {0} 没有跑完，没有问题清单",
    "the copy would replace the file itself": "副本会覆盖原文件",
    "give another name": "请换一个名字",
    "a zip has no annotated copy": "压缩包不能做批注副本",
    "check the files within it one by one": "请逐个检查里面的文件",
    "more rows than a workbook can hold": "行数超过工作簿的上限",
    "use --format json": "请用 --format json",
    "{} is a folder": "{0} 是文件夹",
    "only aggregates are rounded": "只有指标汇总才能取整",
    "add --aggregates": "请加 --aggregates",
    "held: {} as of {} would give back small cells of {} areas, with what was given before": (
        "暂不提供：{1} 的 {0} 与以前提供的数据相减，可以推出{2}个地区的小数"
    ),
    "wait for new figures, or give this to nobody who has the earlier release": (
        "请等数据更新后再提供，或者不要提供给已有以前数据的人"
    ),
    "held: exact figures with small cells hidden, and rounded ones, give small cells back together": (
        "暂不提供：隐去小数的准确数与取整的数合在一起，可以推出小数"
    ),
    "give this recipient what he was given before: always with --round, or never": (
        "同一接收方请始终用一种方式：总是用 --round，或者总是不用"
    ),
    "{} lies in the home, where only liangxian writes": "{0} 在数据目录里，那里只由本软件写入",
    "{} holds the home itself": "{0} 里就是数据目录",
    "{} is a file with several names (hard links)": "{0} 是有多个名字的文件（硬链接），可能会覆盖别处的文件",
    "{} is no earlier export, and would be lost": "{0} 不是以前导出的文件，会被覆盖",
    "{} is no name: letters, digits, . _ - and at most 64 of them": "{0} 不能作名称：用字母、数字、. _ -，最多 64 个",
    "a snapshot is frozen for a purpose only": "封存必须写明用途",
    "more people born on one day than there are identity numbers in the county's areas": (
        "同一天出生的人数超过本县可用的证件号码"
    ),
    "a county is its 6-digit code, not {}": "县要写 6 位代码，不是 {0}",
    "at least one household and one month are needed": "至少要一户、一个月",
    "the truth is written as .parquet or .csv, not {}": "真实问题存为 .parquet 或 .csv，不是 {0}",
}

_DELIVERIES: Final[Mapping[str, str]] = {
    "a delivery is released for a reason only": "放行必须写明理由",
    "a delivery is withdrawn for a reason only": "撤回必须写明理由",
    "a run is withdrawn for a reason only": "撤销比对必须写明理由",
    "{} is a day to come": "{0} 还没有到",
    "it is {} in the counties": "今天是 {0}",
    "run {} is not the newest that was recorded": "比对 {0} 不是最近一次入台账的",
    "the newest one of {} is {}": "{0} 最近一次是 {1}",
    "the ledger holds none": "台账中没有比对",
    "run {} cannot be undone": "比对 {0} 不能撤销",
    "it was recorded by an earlier release, which did not keep what was before it": (
        "它由旧版软件入台账，没有留存之前的状态"
    ),
    "it is the only one of {}, and people have acted on what it found ({}), which would be lost: {}": (
        "它是 {0} 唯一的比对，发现的问题中有 {1} 条此后已有人办理，撤销会丢失这些办理：{2}"
    ),
    "run the night again with the right day and policy: what is no longer found is closed then": (
        "请用正确的日期和参数重新比对：不再发现的问题届时关闭"
    ),
    "say what counts instead of {}": "请写明用什么代替 {0}",
    "{} is not in force": "{0} 没有在采用",
    "{} is nothing that {} superseded: say what counts instead": "{0} 不是被 {1} 替代的：请写明改用什么",
    "{} is newer than {}, and in force": "{0} 比 {1} 新，并且正在采用",
    "of the same feed, county and as-of date only one counts": "同类、同县、同截止日只采用一批",
    "keep it; or if it is the wrong one, say so: --instead {}": "请保留它；如果它才是错的，请写明：--instead {0}",
    "no document allows the use of {} as of {}": "没有共享依据：没有文件允许使用数据截止日{1}的 {0}",
    "policy leads.basis names none for that day": "参数 leads.basis 没有写明该日的依据",
    "nothing of it is read; where one is in force, name it there": "不读取其中任何内容；如有现行文件，请写入该参数",
    "files of {} are no longer kept: {}": "{0} 的文件已不再保存：{1}",
    "{} was {}": "{0} 的状态是 {1}",
    "see liangxian release": "请看 liangxian release",
    "see liangxian restore": "请看 liangxian restore",
    "{} was erased on schedule": "{0} 已按期删除",
    "its rows are gone": "数据行已不在",
    "{} was not rejected or held": "{0} 没有被退回，也不是待确认",
    "it is {}": "现状：{0}",
    "{} has no rows that could be let through": "{0} 没有可以放行的行",
    "{} is not what {} would come instead of": "{0} 不是 {1} 要代替的那一批",
    "it is not in force of the same feed, county and as-of date": "同类、同县、同截止日采用的不是它",
    "{} is read differently by this version of the software": "本版软件读 {0} 的结果与当时不同",
    "have it sent again": "请重新报送",
    "accepted": "采用",
    "rejected": "退回",
    "held": "待确认",
    "withdrawn": "已撤回",
    "superseded": "被替代",
    "erased": "已按期删除",
}

_VALUES: Final[Mapping[str, str]] = {
    "{} is no word": "{0} 不是词",
    "{} is no text: put it in quotes": "{0} 不是文字，请加引号",
    "{} is no line of at most {} characters": "{0} 不是一行不超过 {1} 个字的文字",
    "{} is no title of an office, nor a list of its title and short forms": (
        "{0} 不是部门名称，也不是以名称开头、后列简称的列表"
    ),
    "{} has an empty name of an office": "{0} 中有空的部门名称",
    "{} names an office twice by one name": "{0} 中同一部门名称写了两次",
    "{} is a label of {} itself": "{0} 本来就是{1}的标准写法，不用另写",
    "{} stands for two labels of {}": "{0} 在{1}里对应了两种写法",
    "{} is no mapping of feeds to documents": "{0} 不是“数据种类: 文号”的对照",
    "{} not among the feeds of other offices: {}": "{0} 不是其他部门的数据：{1}",
    "{}: name the document": "{0}：请写明依据文件",
    "{} is no number": "{0} 不是数",
    "{} is no number below {}": "{0} 不是小于 {1} 的数",
    "{} is no list of {}": "{0} 不是{1}的列表",
    "{} not in {}: {}": "{0} 不属于{1}：{2}",
    "{} names one {} twice": "{0} 里有重复的{1}",
    "{} is negative": "{0} 是负数",
    "{} has more than two decimals": "{0} 的小数超过两位",
    "{} is no percentage from 0 to 100": "{0} 不是 0 到 100 的百分数",
    "{} is no whole number from {} to {}": "{0} 不是 {1} 到 {2} 的整数",
    "{} is no day MM-DD": "{0} 不是月日，应写作 09-01 这样",
    "{} is no day of every year": "{0} 不是每年都有的日子",
    "no {} is named": "没有写{0}",
    "{} is no mapping from {} to {}": "{0} 不是从{1}到{2}的对照",
    "{} is no pair of ages": "{0} 不是一对年龄",
    "{}: the first age must be below the second": "{0}：前一个年龄须小于后一个",
    "{} names no feed": "{0} 没有写数据种类",
    "{} not among the feeds: {}": "没有数据种类 {0}，可选的有：{1}",
    "{} names one feed twice": "{0} 里有重复的数据种类",
    "{} are one book: both are expected, or neither": "{0} 是一本账：要么都应报送，要么都不",
    "no value in force{}": "没有生效的值{0}",
    "no such directory of policy files": "没有这个政策文件夹",
    "rate, response, correlation and level are shares between 0 and 1": (
        "比率、完成率、相关系数、置信度须在 0 到 1 之间"
    ),
    "at least one household a village and one in all": "每村至少一户，总数至少一户",
    "the margin is a share between 0 and 1": "误差须在 0 到 1 之间",
    "a sample needs at least one village and one household; a reserve is not negative": (
        "样本至少要一个村、一户；备用户不能是负数"
    ),
}

_STATES: Final[Mapping[str, str]] = {
    "no run has been recorded for {}": "没有截止 {0} 的比对结果",
    "the newest are of {}": "最近的截止日是 {0}",
    "there is none of any day": "一次也没有",
    "liangxian run --as-of {}": "请先运行 liangxian run --as-of {0}",
    "rows that counted on {} have been erased on schedule": "截止 {0} 所用的数据已按期删除",
    "ask of a later day": "请换一个较近的截止日",
    "there is nothing to compare with": "没有可以比较的结果",
    "no run of {} has been recorded for a day before {}": "{0} 没有截止日早于 {1} 的比对结果",
    "the run of {} had no register": "截止 {0} 的比对没有建档立卡数据",
    "the run of {} has nothing that a notice could name": "截止 {0} 的比对没有可以公示的数据",
    "no run has been recorded{}": "还没有比对结果{0}",
    " for {}": "（{0}）",
    "no run has been recorded for {}, or its rows were erased on schedule": "没有 {0} 的比对结果，或其数据已按期删除",
    "any day": "任何一天",
    "no sample has been drawn here": "还没有抽过样本",
    "no household of the sample has a result": "样本户还没有调查结果",
    "county {} has no household in the frame at {}": "县 {0} 在 {1} 的抽样框里没有户",
    "this is no record of a sample in the form {}": "这不是 {0} 格式的抽样记录",
    "the warehouse holds nothing of {}": "数据仓库里没有 {0} 的数据",
    "the warehouse holds nothing of {} at {}": "数据仓库里没有 {0} 在 {1} 的数据",
    "an empty warehouse": "（数据仓库是空的）",
    "no warehouse has been published": "还没有发布过数据仓库",
    "the warehouse was published by another release": "现有数据仓库由另一个版本的软件发布",
    "restore them from a backup (liangxian restore-backup)": "请用备份恢复（liangxian restore-backup）",
    "remove {} from the home, then: liangxian publish": "请从数据目录删除 {0}，再执行 liangxian publish",
    "this is not open to you": "您没有这项权限",
    "{} is frozen already": "{0} 已经封存过",
    "choose another name": "请换一个名字",
    "a backup goes into empty books only": "备份只能恢复到空的账册",
    "the books are not empty ({} has rows)": "账册不是空的（{0} 里有数据）",
    "the policy cannot be used": "政策文件不能用",
    "the warehouse must be rebuilt, but these parts of it are not among the recorded runs: {}": (
        "数据仓库需要重建，但其中这些部分不在已入台账的结果里：{0}"
    ),
    "a downgrade would lose {}": "降级会丢失 {0}",
    "take a backup, and restore it where they are not wanted": "请先备份，确实不要这些内容时再恢复",
    "this is no backup of the books": "这不是账册的备份",
    "its audit log is broken at entry {}": "其中的审计日志在第 {0} 条断开",
    "the database's URL is of {}": "数据库地址的类型是 {0}",
    "the database's URL cannot be read": "数据库地址看不懂",
    "it is such as {}": "应写作 {0} 这样",
    "the database cannot be used": "数据库现在不能用",
    "the books do not say with which key they were kept": "账册没有写明是用哪个密钥记的",
    "the key of finding ids is missing, though there are books": "有账册，却没有问题编号的密钥",
    "the key of finding ids is not the one that the books were kept with": "问题编号的密钥不是记这本账册时用的那个",
    "put keys/finding.key (LIANGXIAN_FINDING_KEY) back from where it is kept; with another one every finding would "
    "look new and no chain could be followed": (
        "请从保存处取回原来的 keys/finding.key（LIANGXIAN_FINDING_KEY）；"
        "换一个密钥，所有问题都会变成新问题，校验链也无法核对"
    ),
    "{} is no umask": "{0} 不是权限掩码",
    "the file that {} names cannot be read, or is empty": "{0} 写明的文件读不到，或者是空的",
    "it is such as 077 or 027": "应写作 077 或 027 这样",
    "the staged rows of {} are not those that were staged": "批次 {0} 入库后的数据行被改动或损坏",
    "put lake/staged and lake/quarantine back from a backup, or withdraw it and have it sent again": (
        "请从备份中恢复 lake/staged 和 lake/quarantine，或撤回该批次后请部门重报"
    ),
    "lake/{}/{}.parquet is not what the run wrote": "lake/{0}/{1}.parquet 不是比对当时写下的内容，被改动或损坏",
    "put lake/{} back from a backup; of the newest run of a county: liangxian run-withdraw, then the night again": (
        "请从备份中恢复 lake/{0}；是本县最近一次比对的，可先用 liangxian run-withdraw 撤销，再重新比对"
    ),
    "the key of finding ids is no hexadecimal text": "问题编号的密钥不是十六进制文字",
    "put it back from where it is kept; another key would make every finding a new one": (
        "请从保存处取回原来的密钥；换一个密钥，所有问题都会变成新问题"
    ),
    "the books cannot be read": "账册读不出来",
    "the books cannot be used": "账册现在不能用",
    "DuckDB failed": "DuckDB 出错",
    "the warehouse cannot be read": "数据仓库读不出来",
    "no Spark session on {}": "连不上 Spark {0}",
    "is there a Java 17, a server?": "请看有没有 Java 17、服务器是否在运行",
    "{} is not installed": "没有安装 {0}",
    "pip install '{}'": "请执行 pip install '{0}'",
    "the roles {}_… are not there": "还没有组角色 {0}_…",
    "as a superuser: liangxian database grant": "请以超级用户执行 liangxian database grant",
    "a {} is admitted with {}": "{0} 的授权须写 {1}",
    "{} is no prefix of role names: letters, digits and _ only": "{0} 不能作角色名前缀：只用字母、数字和 _",
    "its address holds credentials, which belong in the environment": "地址里有密码，应放在环境变量里",
    "{} is not there": "没有 {0}",
    "not mounted?": "没有挂载？",
    "where the place was given up for good, remove {} of the home": "如果这个地方不再使用，请从数据目录删除 {0}",
    "the shared lake {} cannot be used": "共享存储 {0} 不能用",
    "whoever asks has a name": "查看的人必须有姓名",
    "a {} sees its own only, and it is not said what that is": "{0} 只能看自己的，而没有写明是哪些",
}

_SYSTEM: Final[Mapping[str, str]] = {
    **{
        form.format(english): form_zh.format(chinese)
        for english, chinese in (
            ("No space left on device", "磁盘已满"),
            ("Disk quota exceeded", "磁盘配额已用完"),
            ("File too large", "文件超过允许的大小"),
            ("Permission denied", "没有权限"),
            ("Operation not permitted", "不允许这样做"),
            ("Read-only file system", "文件系统只读"),
            ("No such file or directory", "没有这个文件或文件夹"),
            ("File exists", "已有同名的文件"),
            ("Not a directory", "不是文件夹"),
            ("Is a directory", "是文件夹"),
            ("Input/output error", "读写出错"),
            ("Too many open files", "打开的文件太多"),
        )
        for form, form_zh in (("{}", "{}"), ("{}: {{}}", "{}：{{0}}"))
    },
    "make room there, then run the same command again: nothing is half done": (
        "请腾出空间，再执行一次同样的命令：不会留下做了一半的结果"
    ),
    "let the user who runs this read and write there": "请让执行命令的用户可以读写那里",
    "file is not a database": "不是数据库文件",
    "database disk image is malformed": "文件已损坏",
    "unable to open database file": "打不开文件",
    "attempt to write a readonly database": "文件只读",
    "database or disk is full": "磁盘已满",
    "disk I/O error": "磁盘读写出错（可能已满）",
    "database is locked": "正被其他程序占用",
}
"""What the system and SQLite say of disks."""

_REVIEWS: Final[Mapping[str, str]] = {
    "the finding stands at {}, and only {} can be closed": "这条问题现在是“{0}”，只有“{1}”的才能销号",
    "nobody is named who answers for it, so that the reviewer may be the same; its office must name one": (
        "整改没有登记责任人，不能确认复核人另有其人；请责任单位在反馈表中补填责任人"
    ),
    "the reviewer answers for the rectification; somebody else must review it": (
        "复核人就是整改责任人，须由另一人复核"
    ),
    "the review of {} lies before the rectification of {}": "复核日期{0}早于整改完成日期{1}",
    "no new data can prove what is of an earlier period; the review needs a reason (--why)": (
        "往期问题没有新数据可以证明，复核时须写明理由（--why）"
    ),
    "it is no finding any more because of {}, and no data prove a rectification; the review needs a reason (--why)": (
        "因{0}不再是问题，没有数据可以证明整改，复核时须写明理由（--why）"
    ),
    "the newest run could not check it: rows that it refused may be about it; they must come again": (
        "最近一次比对未能核对这条问题：有关的记录可能因填报有误被退回，请改正重报、再比对后销号"
    ),
    "the newest run still finds it, or there was none since it was rectified": (
        "最近一次比对中这条问题仍然存在，或整改后还没有比对过"
    ),
    "the data of the newest run end on {}, not after the rectification of {}": (
        "最近一次比对的数据截止{0}，不晚于整改完成日期{1}"
    ),
    "{}: the data end on {}, not after the rectification of {}; newer data must be compared first": (
        "{0}的数据截止{1}，不晚于整改完成日期{2}，要等更新的数据比对后才能销号"
    ),
    "an unknown day": "不明",
}
"""Why a finding cannot be closed."""

ERRORS: Final[Mapping[str, str]] = {
    **{f"no {english} {{}}": f"找不到{chinese} {{0}}" for english, chinese in KINDS.items()},
    **{
        f"several {english[:-1] + 'ies' if english.endswith('y') else english + 's'} begin with {{}}": (
            f"以 {{0}} 开头的{chinese}不止一个"
        )
        for english, chinese in KINDS.items()
    },
    **_REQUESTS,
    **_DELIVERIES,
    **_VALUES,
    **_STATES,
    **_SYSTEM,
    **_REVIEWS,
}
