"""Integers, octet strings and texts as the Handle protocol writes them: big-endian, each length in four octets."""

from ledger.resolution.faults import bad_value

MAX_OCTETS = 1 << 20


def number(value: int, size: int = 4) -> bytes:
    return value.to_bytes(size, "big")


def octets(data: bytes) -> bytes:
    return number(len(data)) + data


def text(value: str) -> bytes:
    return octets(value.encode())


class Octets:
    """Reads what the functions above write. Every method raises HandleFault where the octets end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise bad_value("the octets of the value end too early")
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, size: int = 4) -> int:
        return int.from_bytes(self.take(size), "big")

    def count(self, most: int) -> int:
        """How many of something follow."""
        found = self.number()
        if found > most:
            raise bad_value(f"more than {most} parts in one value")
        return found

    def octets(self) -> bytes:
        return self.take(self.count(MAX_OCTETS))

    def text(self) -> str:
        try:
            return self.octets().decode()
        except UnicodeDecodeError:
            raise bad_value("a text in the value is no UTF-8") from None

    @property
    def rest(self) -> bytes:
        return self._data[self._at :]

    def end(self) -> None:
        if self.rest:
            raise bad_value("octets are left over behind the value")
