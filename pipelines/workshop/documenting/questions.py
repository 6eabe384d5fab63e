"""The evaluators' questions, each with its query."""

from pipelines.workshop.documenting.markdown import page, section, table
from warehouse.evaluation.indicators import INDICATORS
from warehouse.evaluation.questions import QUESTIONS


def questions_page() -> str:
    """``evaluation/questions.md``."""
    return page(
        "# 评估问题 Questions of the evaluation",
        "每个问题一条查询，读 `evaluation` 各视图；`:county`、`:as_of` 换成县代码和数据截止日。"
        "测试逐条运行，并与模拟县的真值核对。",
        "漏评率、错退率、综合贫困发生率、群众认可度来自入户调查：`liangxian sample estimate`，附95%置信区间。",
        section(
            "指标口径",
            "`liangxian indicators --sql 指标` 打印每项指标的查询。",
            table(("指标", "单位", "口径"), ((i.name, i.unit, i.of) for i in INDICATORS)),
        ),
        *(section(q.title, q.title_en, f"```sql\n{q.sql}\n```") for q in QUESTIONS),
    )
