"""The core: log, anchoring, accounting, evaluation, evidence and certificates."""
