"""The edge: signed frames, their keys, the spool and the agent that sends them."""
