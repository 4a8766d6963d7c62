"""The HTTP API: operations declared once, from which Flask's routes and openapi.yaml are both made."""
