"""Derivatives beyond the tape's own: Jacobians, sparse ones, rules of the user's own, accumulators of tangents."""
