"""What can go wrong with a partner."""

from terminal_signer.errors import CarbonError


class PartnerFault(CarbonError):
    """A partner's record cannot be written or read."""

    code = "partner"


class ForbiddenAddress(CarbonError):
    """An address that this gateway does not call, whoever asks for it."""

    code = "forbidden-address"


class PartnerUnreachable(CarbonError):
    """A partner did not answer, or not as its interface must. Worth another attempt."""

    code = "partner-unreachable"
