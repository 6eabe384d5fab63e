"""What makes things about the house: the demonstration, the rendered documents, the data contracts."""
