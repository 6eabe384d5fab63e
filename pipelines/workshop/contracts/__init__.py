"""The feeds' declarations as other programs read them: data contracts (ODCS) and data packages (Frictionless)."""

from pipelines.workshop.contracts.files import contract_files

__all__ = ["contract_files"]
