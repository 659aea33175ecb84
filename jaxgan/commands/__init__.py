"""What is done on the command line: `train` behind every experiment, and commands on runs."""
