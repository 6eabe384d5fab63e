"""The rules over one county, or several at once: what they find, how certain it is, and the evidence behind it."""
