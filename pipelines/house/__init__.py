"""What every wing stands on: how a night is run, the home that is open, policies, counties, work side by side."""
