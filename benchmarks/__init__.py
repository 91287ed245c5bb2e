"""What is measured, each next to its baseline in the same run: `script/bench NAME`."""
