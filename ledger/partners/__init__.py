"""Other systems that speak PACT: who they are, and how their interfaces are called."""
