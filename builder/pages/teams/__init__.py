"""The pages of teams: their people, and the programs that hear of them."""
