"""Pages from the templates of this package: everything is escaped, and a name that the template lacks is an error."""

from functools import cache

import jinja2

from pipelines.house.words import in_thousands, rough_percent


def render(template: str, /, **view: object) -> str:
    """``templates/<template>.html.j2`` with what it shows.

    Filters: ``n`` (12,345), ``percent`` (of a share). Raises jinja2.UndefinedError for a name that ``view`` lacks.
    """
    return _environment().get_template(f"{template}.html.j2").render(view)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"n": in_thousands, "percent": rough_percent}
    return environment
