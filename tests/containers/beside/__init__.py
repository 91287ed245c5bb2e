"""What runs beside an app: its PostgreSQL, and the way to the hosts it may reach."""
