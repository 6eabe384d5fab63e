"""``python -m pipelines.workshop.contracts``: write docs/contracts anew."""

from pathlib import Path

from pipelines.workshop.contracts.files import write_contracts

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "contracts"

if __name__ == "__main__":
    write_contracts(FOLDER)
