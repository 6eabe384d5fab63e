"""What Typer says by itself: wrong usage, and the words around a help text."""

from collections.abc import Mapping
from typing import Final

FIXED: Final[Mapping[str, str]] = {
    "DEPRECATED_STRING": "（已弃用）",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "错误",
    "ABORTED_TEXT": "已中止。",
    "RICH_HELP": "用法说明：[blue]{command_path} {help_option}[/]",
}
"""Constants of ``typer.rich_utils``."""

PIECES: Final[Mapping[str, str]] = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
"""Of the line that shows how a command is written."""

USAGE: Final[Mapping[str, str]] = {
    "Show this message and exit.": "显示本说明。",
    "Missing command.": "没有写命令。",
    "Missing option {}.": "缺少选项 {0}。",
    "Missing argument {}.": "缺少参数 {0}。",
    "No such command {}.": "没有命令 {0}。",
    "No such command {}. Did you mean {}?": "没有命令 {0}。是不是 {1}？",
    "No such option: {}": "没有选项 {0}",
    "No such option: {} (Possible options: {})": "没有选项 {0}（相近的有 {1}）",
    "Option {} does not take a value.": "选项 {0} 不带值。",
    "Option {} requires an argument.": "选项 {0} 后面要有值。",
    "Got unexpected extra argument ({})": "多了参数：{0}",
    "Got unexpected extra arguments ({})": "多了参数：{0}",
    "Got unexpected extra argument(s) ({})": "多了参数：{0}",
    "Invalid value for {}: {}": "{0} 的值不对：{1}",
    "Invalid value for {} (env var: {}): {}": "{0}（环境变量 {1}）的值不对：{2}",
    "Value error, {}": "{0}",
    "Input should be greater than or equal to {}": "应不小于 {0}",
    "Input should be less than or equal to {}": "应不大于 {0}",
    "Input should be a valid integer, unable to parse string as an integer": "应为整数",
    "Input should be a valid number, unable to parse string as a number": "应为数",
    "Invalid value: {}": "值不对：{0}",
    "{} is not a valid integer.": "{0} 不是整数。",
    "{} is not a valid float.": "{0} 不是数。",
    "{} is not one of {}.": "{0} 不在 {1} 之中。",
    "{} is not in the range {}.": "{0} 不在范围 {1} 之内。",
    "file {} does not exist.": "没有文件 {0}。",
    "directory {} does not exist.": "没有文件夹 {0}。",
    "path {} does not exist.": "没有 {0}。",
    "file {} is a directory.": "{0} 是文件夹，不是文件。",
    "directory {} is a file.": "{0} 是文件，不是文件夹。",
    "file {} is not readable.": "文件 {0} 不可读。",
}
