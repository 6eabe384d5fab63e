"""Records that cross a wall as JSON: what a command prints, a file keeps and another program may read, key by key.

Those of the evaluation stand in ``warehouse.evaluation.records``, that of a check beside it.
"""
