"""People with accounts, as they sign in and look after what is theirs."""
