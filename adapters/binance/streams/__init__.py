"""How a stream lives, as plain state machines: told the time and what happened, they say what to do."""
