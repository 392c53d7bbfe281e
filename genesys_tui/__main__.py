"""``python -m genesys_tui``: the command line."""

from genesys_tui.cli.main import main

if __name__ == "__main__":
    main()
