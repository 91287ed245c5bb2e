"""What is heard and measured of what runs: its log, what it takes, how much it is used."""
