"""Lists that SQL is made of and that need no walk (tests/warehouse/test_lists.py): what code declares, and why."""

from collections.abc import Collection

from expectations.feeds import FEEDS, FEEDS_BY_NAME
from expectations.rules import RULES, reported
from expectations.terms.refusals import _UNDER, KINDS, _stands_under
from pipelines.reading_out.cards.blocks import BLOCKS, OF_PERSONS
from warehouse.evaluation.resolving import _asked
from warehouse.evaluation.surrogates import NUMBERS, OF_FINDINGS, SENTENCES
from warehouse.evaluation.views import VIEWS

FEED_NAMES = tuple(FEEDS_BY_NAME)
COUNTED = tuple(rule.compares.counted for rule in RULES if rule.compares is not None)

DECLARED: dict[str, tuple[Collection[object], ...]] = {
    "pipelines.night.reports._known_by": (FEED_NAMES,),
    "expectations.rules.reported._book": ((reported.REGISTERED, reported.MONITORED),),
    "expectations.rules.reported._book_day": ((reported.REGISTERED, reported.MONITORED),),
    "expectations.rules.reported._items_that_miss_their_total": ((reported.TOTAL_ITEM, reported.FLOW),),
    "expectations.rules.reported._told": (reported.DIVIDED,),
    "expectations.terms.refusals._of_any_group": tuple(_UNDER.values()),
    "expectations.terms.refusals._of_anybody": tuple([f for f in FEEDS if _stands_under(f) == kind] for kind in KINDS),
    "pipelines.pulling.merging.write_pulled": tuple(feed.key for feed in FEEDS),
    "pipelines.reconciling.evidence._append": tuple(side.on for rule in RULES for side in rule.evidence),
    "pipelines.reconciling.evidence._append_counts": COUNTED,
    "pipelines.reading_out.cards.gathering._rows_of": tuple(block.by for block in BLOCKS),
    "pipelines.reading_out.lookup._doubt": tuple(block.by for block in OF_PERSONS),
    "pipelines.staging.fates._first_alike": tuple(feed.columns for feed in FEEDS),
    "pipelines.staging.fates._contradicted": tuple(feed.key for feed in FEEDS),
    "warehouse.concern.counted_in": COUNTED,
    "warehouse.evaluation.resolving.resolve": tuple(_asked().values()),
    "warehouse.evaluation.surrogates.surrogates_of": (NUMBERS, SENTENCES, OF_FINDINGS),
    "warehouse.postgres.views._pseudonyms_described": ([c for view in VIEWS for c in view.columns if c.raw],),
}
"""Lists that code declares; none of them is empty."""

MADE_OF_A_FIRST = {
    "expectations.terms.leads.Leads._names_of": "the low-income books, which all leads about people need",
    "pipelines.reading_out.cards.standing.Findings.of": "the numbers of all families together, be they none",
    "pipelines.reading_out.public_notice.books._rows_of": "columns that name a family, whose values lie in tables",
    "pipelines.reconciling.amounts.by_finding": "rules that are made of months, else rows of none",
    "pipelines.reconciling.amounts._months_of": "the columns of a subject's key",
    "pipelines.reconciling.duckdb_engine.DuckdbEngine._open": "counties that are evaluated: there is a first",
    "pipelines.reconciling.evidence._keys": "rules that share a side: the one that named it",
    "pipelines.reconciling.doubting._leave_out": "conditions of a rule that has one",
    "warehouse.concern.concerns": "conditions of a rule: that it reads the feed",
    "warehouse.loading.plans.prepare_plans": "targets whose books are there, else rows of none",
    "warehouse.loading.plans._reached": "the villages of the target's own rows",
    "warehouse.loading.areas.make_area_history": "the county's own name",
    "warehouse.loading.build._definitions": "the schemas",
    "warehouse.loading.households._prepare": "the households themselves",
    "warehouse.loading.inputs._rows_of": "the declared columns, without a row",
    "warehouse.postgres.roles._row_security": "what evaluators see",
}
"""Lists that begin with something whatever is given."""

OF_A_POLICY = {
    "expectations.rules.leads.assistance._disabled": "leads.disability_levels",
    "expectations.rules.leads.means._businesses": "leads.business_roles",
    "expectations.rules.leads.means._posts": "leads.payroll_posts_ignored",
    "expectations.rules.leads.means._vehicles": "leads.vehicle_types",
}
"""Lists of a policy value, which has several labels by default; a literal case has none."""

ASKED_OF_THE_DATABASE = {
    "pipelines.house.deliveries._with_number": "the delivery of that number",
    "pipelines.recording.allowed.left_every_output": "findings that ever left every output",
    "pipelines.recording.verify._altered": "findings of the county",
    "warehouse.books.sendings.last_night_without": "runs in which the rule was braked",
    "warehouse.postgres.roles.dismiss_reader": "recipients who have a login",
}
"""The list is a query."""
