"""Every number that shapes a simulated county, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """Shares are of the households (or persons) named; all between 0 and 1 unless said."""

    # The county
    households_a_village: int = 60
    villages_a_township: int = 9

    # The register
    exited: float = 0.70
    on_roll_if_open: float = 0.55
    on_roll_if_exited: float = 0.11
    destitute_if_on_roll: float = 0.12
    was_on_roll: float = 0.03
    died_or_left_long_ago: float = 0.05
    """Households with a member who died, moved or married away before the first delivery."""

    # Change, per household and month
    deaths: float = 0.002
    departures: float = 0.001
    births: float = 0.0015
    exits: float = 0.001
    listings: float = 0.0005
    certificates_stopped: float = 0.004
    certificates_begun: float = 0.004
    income_drift_yuan: int = 15

    # Outside the register; a register household is the unit
    certificates: float = 0.15
    edge_certificates: float = 0.03
    urban_certificates: float = 0.03
    stopped_certificates: float = 0.03
    pupils: float = 0.5
    insured: float = 5.5
    """Other insured persons."""
    housing_cases: float = 0.03

    # The books
    payment_months: int = 12
    split_payments: float = 0.015
    returned_payments: float = 0.015
    employee_insurance: float = 0.04
    other_county: float = 0.02
    second_housing_case: float = 0.05

    # Mistakes
    mistake_rate: float = 0.0015
    """Of the register households, for each kind of mistake."""
    mistakes_at_least: int = 7
    """In a county of ``small_county`` households or more, for each kind; variants have ``variants_at_least``."""
    variants_at_least: int = 2
    small_county: int = 1000
    most_mistaken: float = 0.6
    """No more than this share of the register households is touched; kinds that come late then go without."""


@dataclass(frozen=True)
class DirtRates:
    """How dirty departments' files are; shares of the rows (``varied_cells``: of each column's cells)."""

    refused_rows: float = 0.004
    refused_values: float = 0.004
    spoiled_numbers: float = 0.003
    conflicts: float = 0.001
    repeats: float = 0.003
    varied_cells: float = 0.02
    largest_workbook: int = 40_000
    """Rows; longer tables are sent as CSV."""
