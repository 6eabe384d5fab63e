"""``python -m pipelines.contracts``: write docs/contracts anew."""

from pathlib import Path

from pipelines.contracts.files import write_contracts

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "contracts"

if __name__ == "__main__":
    write_contracts(FOLDER)
