"""The commands of ``liangxian``, a module for each kind of work; ``pipelines/cli.py`` is the door."""
