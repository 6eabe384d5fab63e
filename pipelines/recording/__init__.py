"""The ledger told of a night or of an answer: transitions, deadlines, the chain over them."""
