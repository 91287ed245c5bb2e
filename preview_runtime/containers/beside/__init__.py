"""What runs beside an app: its database, its way out."""
