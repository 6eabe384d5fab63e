"""How deliveries become findings: the night and its steps. The only wing that calls stages one after the other."""
