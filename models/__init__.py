"""The nouns of the house: frozen values and enums, with no input or output and no framework."""
