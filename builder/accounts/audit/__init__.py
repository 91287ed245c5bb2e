"""The audit chain: who did what with people, rights, shares and the installation. Lines are added and never changed."""
