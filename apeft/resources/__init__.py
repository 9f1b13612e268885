"""What a study needs of a machine, reckoned before it runs, and what the machine has."""
