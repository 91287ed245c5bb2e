"""What is looked at before something of a project is given to others: secrets, and routes of its server."""
