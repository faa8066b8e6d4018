"""`python -m bot.cli` is `dbbot`."""

from bot.cli import main

main()
