"""The forms of what stock is told: one JSON Schema a version, none ever changed."""
