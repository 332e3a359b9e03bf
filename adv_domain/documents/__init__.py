"""Posted documents as views, PDF and XML; no business decision."""
