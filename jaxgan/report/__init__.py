"""What a run's samples are worth, on one page: scores against real data, a verdict, figures."""
