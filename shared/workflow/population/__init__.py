"""Questions about all customers: what would change for whom, and how many there are of each kind."""
