"""``python -m workmanager``, and the console script of the same name."""

from core.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
