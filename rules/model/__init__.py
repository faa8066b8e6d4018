"""The nouns that flow through the house: frozen values, no behaviour beyond reading themselves."""
