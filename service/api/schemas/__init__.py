"""What requests and answers look like: pydantic models from which openapi.yaml is made."""
