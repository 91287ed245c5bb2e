"""What every area stands on: settings, the database and its tables, ids, errors, the event log."""
