"""Lines as the desk sees them: which call is on which line, and the page on which lines are set up and watched."""
