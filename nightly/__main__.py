"""`python -m nightly` is the command `linkledger`."""

from nightly.cli import main

main()
