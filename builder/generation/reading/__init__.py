"""Reading what a model wrote: JSON as it arrives, and what it means where it is not quite in the shape that was asked."""
