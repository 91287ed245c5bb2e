"""Packages that projects ask for, installed once for all or into a volume of their own."""
