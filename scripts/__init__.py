"""What make needs beyond the package: generators and checks."""
