"""Commands that are killed, signalled or refused by the disk at every file operation lose nothing."""
