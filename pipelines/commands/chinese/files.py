"""What is wrong in a file that an administrator writes: policy files, and files that say where rows are pulled from."""

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
}
