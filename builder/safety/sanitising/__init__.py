"""What is taken out of texts: on their way to models (`secrets`), to people and to logs (`sanitiser`)."""
