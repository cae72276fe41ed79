"""One small module for each FHIR interaction and operation: plain values in, values or a Failure out, no HTTP."""
