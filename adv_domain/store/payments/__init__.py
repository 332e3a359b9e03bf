"""Money in: bank files, matching, disputes, promises."""
