"""Routes of what runs: previews, servers, links, terminals, databases."""
