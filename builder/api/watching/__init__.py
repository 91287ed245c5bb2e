"""What programs that watch Sayso ask for."""
