"""What the service does, without saying how it is asked: HTTP and the dashboard call these functions."""
