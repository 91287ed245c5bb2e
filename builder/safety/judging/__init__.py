"""What the guard makes of a text: pure, without what it is part of."""
