"""The warehouse of the first release."""

from alembic import op

from warehouse.migrations.refusing import refuse_if_filled
from warehouse.migrations.store.first_release.books import make_books
from warehouse.migrations.store.first_release.dimensions import make_dimensions
from warehouse.migrations.store.first_release.records import make_records

revision = "0001"
down_revision = None

TABLES = (
    "reader",
    "publication",
    "fact_student",
    "fact_rule_run",
    "fact_quality",
    "fact_load",
    "fact_housing_case",
    "fact_household_snapshot",
    "fact_finding_event",
    "fact_finding",
    "fact_enrolment",
    "fact_education_subsidy",
    "fact_delivery_event",
    "fact_delivery",
    "fact_certificate_snapshot",
    "fact_benefit_month",
    "dim_rule",
    "dim_policy",
    "dim_person",
    "dim_household",
    "dim_certificate",
    "dim_area",
    "bridge_membership",
    "bridge_household_certificate",
)


def upgrade() -> None:
    """The warehouse of the first release."""
    make_dimensions()
    make_books()
    make_records()


def downgrade() -> None:
    """Remove the tables, where nothing is in them."""
    refuse_if_filled(op.get_bind(), TABLES, schema="warehouse")
    op.drop_table("reader", schema="warehouse")
    op.drop_table("publication", schema="warehouse")
    op.drop_table("fact_student", schema="warehouse")
    op.drop_table("fact_rule_run", schema="warehouse")
    op.drop_table("fact_quality", schema="warehouse")
    op.drop_table("fact_load", schema="warehouse")
    op.drop_table("fact_housing_case", schema="warehouse")
    op.drop_table("fact_household_snapshot", schema="warehouse")
    op.drop_table("fact_finding_event", schema="warehouse")
    op.drop_table("fact_finding", schema="warehouse")
    op.drop_table("fact_enrolment", schema="warehouse")
    op.drop_table("fact_education_subsidy", schema="warehouse")
    op.drop_table("fact_delivery_event", schema="warehouse")
    op.drop_table("fact_delivery", schema="warehouse")
    op.drop_table("fact_certificate_snapshot", schema="warehouse")
    op.drop_table("fact_benefit_month", schema="warehouse")
    op.drop_table("dim_rule", schema="warehouse")
    op.drop_table("dim_policy", schema="warehouse")
    op.drop_table("dim_person", schema="warehouse")
    op.drop_table("dim_household", schema="warehouse")
    op.drop_table("dim_date", schema="warehouse")
    op.drop_table("dim_column", schema="warehouse")
    op.drop_table("dim_certificate", schema="warehouse")
    op.drop_table("dim_area", schema="warehouse")
    op.drop_table("bridge_membership", schema="warehouse")
    op.drop_table("bridge_household_certificate", schema="warehouse")
