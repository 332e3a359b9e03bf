"""What is asked and invoiced ahead of a delivery: requests, advances, milestones."""
