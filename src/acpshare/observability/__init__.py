"""What the service tells those who run it: log events from a closed catalogue, without any patient's data."""
