"""退出预检: which conditions of leaving poverty each open household meets, before anybody exits."""

from pipelines.reading_out.exits.giving import Given, give_exits

__all__ = ["Given", "give_exits"]
