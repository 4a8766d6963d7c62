"""Cells, rows and tables in the forms that the engine knows, whatever they came as."""
