"""What people decide: of findings, of deliveries, of what is kept and for how long; and what is told to them."""
