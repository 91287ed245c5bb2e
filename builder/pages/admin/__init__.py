"""The pages for administrators. Each has its State; each event checks who sent it, and is written into the audit chain."""
