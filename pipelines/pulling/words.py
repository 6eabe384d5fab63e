"""What a pull meets, in Chinese, by its English: the department whose database it is reads it, in alerts too."""

from collections.abc import Mapping
from typing import Final

PULLS: Final[Mapping[str, str]] = {
    "{} {} ({}) could not be pulled: {}": "{0}（{1}，{2}）没有取成：{3}",
    "table {}": "表{0}",
    "its query": "查询语句（query）",
    "other columns than the last pull had": "与上次提取的列不同",
    "pull everything: --full": "请全量提取：--full",
    "no document allows its use: it was not read": "没有共享依据，没有读取",
    "name it in policy leads.basis": "请在参数 leads.basis 中写明允许使用这类数据的文件",
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
