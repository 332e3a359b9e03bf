"""The hinge to stock: handoff, feedback, delays."""
