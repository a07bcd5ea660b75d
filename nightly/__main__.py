"""`python -m nightly` is the command `linkledger`."""

from nightly.cli import main

# A process that crawls beside this one imports this module, too, under another name.
if __name__ == "__main__":
    main()
