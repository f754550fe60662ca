"""What a handle request comes to: response codes of the Handle protocol (RFC 3652 §2.2.2.3), and their HTTP status."""

from collections.abc import Mapping

from terminal_signer.errors import CarbonError

SUCCESS = 1
ERROR = 2
PROTOCOL_ERROR = 4
NOT_SUPPORTED = 5
RECURSION_TOO_HIGH = 6
HANDLE_NOT_FOUND = 100
HANDLE_EXISTS = 101
INVALID_HANDLE = 102
VALUES_NOT_FOUND = 200
VALUE_EXISTS = 201
INVALID_VALUE = 202
NOT_RESPONSIBLE = 301
SERVICE_REFERRAL = 302
PREFIX_REFERRAL = 303
INVALID_ADMIN = 400
NO_PERMISSION = 401
AUTHENTICATION_NEEDED = 402
AUTHENTICATION_FAILED = 403

HTTP_STATUS: Mapping[int, int] = {
    SUCCESS: 200,
    ERROR: 500,
    PROTOCOL_ERROR: 400,
    NOT_SUPPORTED: 400,
    RECURSION_TOO_HIGH: 508,
    HANDLE_NOT_FOUND: 404,
    HANDLE_EXISTS: 409,
    INVALID_HANDLE: 400,
    VALUES_NOT_FOUND: 200,
    VALUE_EXISTS: 409,
    INVALID_VALUE: 400,
    NOT_RESPONSIBLE: 400,
    SERVICE_REFERRAL: 307,
    PREFIX_REFERRAL: 307,
    INVALID_ADMIN: 403,
    NO_PERMISSION: 403,
    AUTHENTICATION_NEEDED: 401,
    AUTHENTICATION_FAILED: 401,
}


class HandleFault(CarbonError):
    """A handle request that is refused, or a record that cannot be read. `response` is one of the codes above."""

    code = "handle"

    def __init__(self, response: int, message: str, *, where: str = "", mend: str = "") -> None:
        super().__init__(message, where=where, mend=mend)
        self.response = response


def bad_value(message: str, *, where: str = "", mend: str = "") -> HandleFault:
    return HandleFault(INVALID_VALUE, message, where=where, mend=mend)
