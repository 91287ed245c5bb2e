"""What is asked of models is looked at, what models say is cleaned, and both are recorded without their words."""
