"""What a county is called."""


def county_name(code: str) -> str:
    """The county's name in GB/T 2260, else its code."""
    from stdnum import numdb

    parts = [info for _, info in numdb.get("cn/loc").info(code) if "county" in info]
    return str(parts[-1]["county"]).rpartition("]")[2] if parts else code
