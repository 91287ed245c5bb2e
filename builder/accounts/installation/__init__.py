"""The installation as a whole: who looks after it, and what they have switched off."""
