"""What models learn: what a customer did in the days after a snapshot, a column of `predict.snapshots` each."""
