"""One file a variant: paper, command, cost and score in its docstring, then CONFIG and main()."""
