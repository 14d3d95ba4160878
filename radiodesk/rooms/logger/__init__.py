"""The lines' recordings round the clock as people see them: a day of a line, and stretches cut out of it."""
