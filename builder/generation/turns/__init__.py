"""What one message of a person sets off: understand, plan, write, check, mend."""
