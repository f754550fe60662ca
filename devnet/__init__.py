"""A local chain, deployment, simulated factories, the demo and the benches."""
