"""Errors that are shown to a person as one sentence, without a stack trace."""


class MixnasError(Exception):
    """Something that the user can mend."""


class Diverged(MixnasError):
    """The loss is no longer a number. That is a property of the network and its recipe, not of the machine."""
