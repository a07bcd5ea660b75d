"""The subcommands of `linkledger`, by what they are about; each imports its stage when it runs."""
