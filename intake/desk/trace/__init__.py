"""Where is my invoice? One question, one answer of a closed list, with what it rests on."""
