"""What is wrong in files that administrators write (policy, where rows are pulled from), and what a pull meets."""

from collections.abc import Mapping
from typing import Final

FILES: Final[Mapping[str, str]] = {
    "no readable YAML: {}": "不是能读的 YAML：{0}",
    "no mapping": "应为“名称: 值”的对照",
    "unknown key": "没有这个键",
    "unknown key (did you mean {}?)": "没有这个键（是不是 {0}？）",
    "unknown key {}": "没有键 {0}",
    "unknown key {} (did you mean {}?)": "没有键 {0}（是不是 {1}？）",
    # policy files
    "a policy file has exactly the two parts county and parameters": "政策文件应有且只有 county 和 parameters",
    '{} is neither "*" nor a 6-digit county code': '{0} 既不是 "*"，也不是 6 位县代码',
    "no mapping from keys to lists of entries": "应为从键到条目列表的对照",
    "county {} has this key in {} too": "县 {0} 的这个键在 {1} 里也有",
    "the village does not lie in county {}": "这个村不在县 {0}",
    "no list of entries {from, value, source}": "应为条目 {from, value, source} 的列表",
    "overlaps the entry from {}": "与 {0} 起的条目重叠",
    "an entry has from, value and source (and may have to), nothing else": (
        "每个条目有 from、value、source（可以有 to），不能有别的"
    ),
    "from is no date YYYY-MM-DD: {}": "from 不是日期，应写作 2026-06-30 这样：{0}",
    "to is no date YYYY-MM-DD: {}": "to 不是日期，应写作 2026-06-30 这样：{0}",
    "ends on {}, before it begins": "{0} 结束，早于开始",
    "source is missing: the document and number that set the value": "缺少 source：定这个值的文件名称和文号",
    # where rows are pulled from
    "feeds.{}: {}": "feeds.{0} 处：{1}",
    "county is no 6-digit code": "county 不是 6 位县代码",
    "url_env must be the name of an environment variable; the URL itself must not stand in a file": (
        "url_env 应写环境变量的名字；连接地址本身不能写在文件里"
    ),
    "{} is no whole number from {}": "{0} 不是不小于 {1} 的整数",
    "feeds is empty": "feeds 是空的",
    "no such feed; there are {}": "没有这种数据，可选的有：{0}",
    "needs either a table or a query": "table 和 query 须写一个，且只写一个",
    "no text": "不是文字",
    "no mapping from headings to columns": "应为从列名到数据库列的对照",
    "{} is no heading of {}": "{0} 不是{1}的列名",
    "needs a column": "缺少 column",
    "no list of columns": "不是列的列表",
    "needs a key, columns of the source that name a row even without an identity number": (
        "缺少 key：没有证件号码时也能认出一行的数据库列"
    ),
    # what a pull meets
    "{} {} ({}) could not be pulled: {}": "{0}（{1}，{2}）没有取成：{3}",
    "table {}": "表{0}",
    "its query": "查询语句（query）",
    "other columns than the last pull had": "与上次提取的列不同",
    "pull everything: --full": "请全量提取：--full",
    "the environment variable {} is not set": "环境变量 {0} 没有设置",
    "write the database's URL into it": "请在其中写上数据库的连接地址（URL）",
    "what {} holds is no URL of a database that SQLAlchemy knows": (
        "环境变量 {0} 里写的不是 SQLAlchemy 能识别的连接地址（URL）"
    ),
    "the connection to the database broke": "与数据库的连接中断",
    "the connection to the database broke {} times": "与数据库的连接中断了{0}次",
    "the database refused": "数据库拒绝",
    "some text is not in the encoding that the database names": "有文字不是数据库所称的编码，无法读取",
    "have its owner look at the character set of each column": "请对方核对各列的字符集",
    "the column {} is there twice, and which is meant cannot be told": "列名“{0}”出现了两次，分不清应取哪一列",
    "rename it in the query": "请在查询语句中改名",
    "the watermark {} is neither a time nor a date nor a whole number but {}": (
        "水印列 {0} 不是时间、日期或整数，而是 {1}"
    ),
    "a pull by watermark needs the columns of the key: {}": "按水印提取必须有主键列：{0}",
}
