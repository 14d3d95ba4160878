"""What listeners ask about the public record: corrections of its words, removals, reports of a problem."""
