"""What can be wrong with an exchange."""

from terminal_signer.errors import CarbonError


class NotExchangeable(CarbonError):
    """A certificate that has no form in PACT; the message says why."""

    code = "not-exchangeable"


class EventFault(CarbonError):
    """A body that is no CloudEvent of PACT."""

    code = "event"


class CursorFault(CarbonError):
    """A page was asked for that this gateway never named."""

    code = "cursor"


class FootprintFault(CarbonError):
    """A footprint from elsewhere that is none of PACT 3; `where` names the field."""

    code = "footprint"
