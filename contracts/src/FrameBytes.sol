// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The bytes of a signed frame
/// @notice Cuts one frame of readings signed with ES256 (docs/formats/frame.md): COSE_Sign1, tagged 18, in
/// deterministic CBOR. It walks the one encoding that the format allows, and every step aside is refused.
/// @dev Offsets count from the frame's first byte. Nothing here looks into the payload. Every `unchecked` is safe for
/// one reason: an offset is at most the frame's length plus some constants, a length that was read below 2^64.
library FrameBytes {
    /// @notice The longest frame that is read here; off the chain a frame may have 65,536 bytes.
    uint256 internal constant MAX_LENGTH = 4096;

    /// @dev Heads of the signature's and the hashes' byte strings.
    uint256 private constant HASH = 32;
    uint256 private constant SIGNATURE = 64;
    uint256 private constant MAX_ISS = 64;
    uint256 private constant MIN_TIME = 1 << 28;
    uint256 private constant MAX_TIME = 1 << 40;
    uint256 private constant MAX_COUNT = 1 << 63;
    bytes32 private constant HIGH_BITS = bytes32(uint256(type(uint256).max / 255) << 7);

    /// @notice Where the parts of a frame lie, and what its header says of key and time.
    struct Cut {
        bytes32 kid;
        uint256 iat;
        uint256 issAt;
        uint256 issEnd;
        uint256 subAt;
        uint256 subEnd;
        uint256 protectedEnd;
        uint256 payloadAt;
        uint256 payloadEnd;
    }

    /// @notice The frame is longer than 4,096 bytes.
    error FrameBytesLength(uint256 length);
    /// @notice At this byte the frame is not what the format prescribes.
    error FrameBytesForm(uint256 offset);

    /// @notice Reads envelope and protected header.
    function cut(bytes calldata frame) internal pure returns (Cut memory c) {
        unchecked {
            if (frame.length > MAX_LENGTH) revert FrameBytesLength(frame.length);
            // 18([protected, {}, payload, signature])
            uint256 offset = _expect(frame, 0, hex"d284", 2);
            uint256 protectedAt;
            (protectedAt, c.protectedEnd) = _string(frame, offset, 2);
            offset = _expect(frame, c.protectedEnd, hex"a0", 1);
            (c.payloadAt, c.payloadEnd) = _string(frame, offset, 2);
            offset = _expect(frame, c.payloadEnd, hex"5840", 2);
            if (offset + SIGNATURE != frame.length) revert FrameBytesForm(offset);
            _readHeader(frame[:c.protectedEnd], protectedAt, c);
        }
    }

    /// @notice SHA-256 of the Sig_structure ["Signature1", protected, h'', payload] (RFC 9052, 4.4).
    /// @dev The two strings stand in it as they stand in the frame, heads included.
    function signedHash(bytes calldata frame, Cut memory c) internal pure returns (bytes32) {
        bytes calldata protectedItem = frame[2:c.protectedEnd];
        bytes calldata payloadItem = frame[c.protectedEnd + 1:c.payloadEnd];
        return sha256(abi.encodePacked(hex"846a5369676e617475726531", protectedItem, hex"40", payloadItem));
    }

    /// @notice The id under which the terminal registry keeps iss, sub and kid.
    function terminalOf(bytes calldata frame, Cut memory c) internal pure returns (bytes32) {
        return keccak256(abi.encode(string(frame[c.issAt:c.issEnd]), string(frame[c.subAt:c.subEnd]), c.kid));
    }

    /// @notice r and s of the signature.
    function signature(bytes calldata frame) internal pure returns (bytes32 r, bytes32 s) {
        r = _word(frame, frame.length - SIGNATURE);
        s = _word(frame, frame.length - HASH);
    }

    /// @dev {1: -7, 3: 112, 4: kid, 15: {1: iss, 2: sub, 6: iat}, "seq", "prev", ? "seen", ? "corrects"}
    function _readHeader(bytes calldata data, uint256 start, Cut memory c) private pure {
        unchecked {
            uint256 offset = _expect(data, start + 1, hex"0126031870045820", 8);
            c.kid = _word(data, offset);
            offset = _expect(data, offset + HASH, hex"0fa301", 3);
            (c.issAt, c.issEnd) = _text(data, offset);
            if (c.issEnd - c.issAt > MAX_ISS) revert FrameBytesForm(offset);
            offset = _expect(data, c.issEnd, hex"02", 1);
            (c.subAt, c.subEnd) = _text(data, offset);
            offset = _expect(data, c.subEnd, hex"06", 1);
            (c.iat, offset) = _unsigned(data, offset, MIN_TIME, MAX_TIME);
            offset = _expect(data, offset, hex"63736571", 4);
            (, offset) = _unsigned(data, offset, 0, MAX_COUNT);
            offset = _expect(data, offset, hex"64707265765820", 7) + HASH;
            uint256 fields = 6;
            if (_holds(data, offset, hex"647365656e82", 6)) {
                (, offset) = _unsigned(data, offset + 6, 1, MAX_COUNT);
                offset = _expect(data, offset, hex"5820", 2) + HASH;
                ++fields;
            }
            if (_holds(data, offset, hex"68636f7272656374735820", 11)) {
                offset += 11 + HASH;
                ++fields;
            }
            if (offset != data.length) revert FrameBytesForm(offset);
            if (uint8(data[start]) != 0xa0 + fields) revert FrameBytesForm(start);
        }
    }

    /// @dev A text string of ASCII. Which texts are identifiers is the registry's rule, and only enrolled ones pass.
    function _text(bytes calldata data, uint256 offset) private pure returns (uint256 start, uint256 end) {
        unchecked {
            (start, end) = _string(data, offset, 3);
            for (uint256 i = start; i < end; i += 32) {
                bytes32 chunk = _word(data, i);
                if (end - i < 32) chunk >>= 8 * (32 - (end - i));
                if (chunk & HIGH_BITS != 0) revert FrameBytesForm(i);
            }
        }
    }

    function _string(
        bytes calldata data,
        uint256 offset,
        uint256 major
    ) private pure returns (uint256 start, uint256 end) {
        unchecked {
            uint256 length;
            (length, start) = _head(data, offset, major);
            end = start + length;
            if (end > data.length) revert FrameBytesForm(offset);
        }
    }

    /// @dev An unsigned integer from `least` to below `bound`.
    function _unsigned(
        bytes calldata data,
        uint256 offset,
        uint256 least,
        uint256 bound
    ) private pure returns (uint256 value, uint256 next) {
        (value, next) = _head(data, offset, 0);
        if (value < least || value >= bound) revert FrameBytesForm(offset);
    }

    /// @dev The argument of a head of this major type, which must be in its shortest form (RFC 8949, 4.2.1).
    function _head(
        bytes calldata data,
        uint256 offset,
        uint256 major
    ) private pure returns (uint256 argument, uint256 next) {
        unchecked {
            if (offset >= data.length) revert FrameBytesForm(offset);
            uint256 first = uint8(data[offset]);
            uint256 low = first & 31;
            if (first >> 5 != major || low > 27) revert FrameBytesForm(offset);
            if (low < 24) return (low, offset + 1);
            uint256 size = 1 << (low - 24);
            next = offset + 1 + size;
            if (next > data.length) revert FrameBytesForm(offset);
            argument = uint256(_word(data, offset + 1)) >> (256 - 8 * size);
            if (argument < (size == 1 ? 24 : 1 << (4 * size))) revert FrameBytesForm(offset);
        }
    }

    /// @dev The offset behind the `count` bytes of `pattern`, which must stand here.
    function _expect(
        bytes calldata data,
        uint256 offset,
        bytes32 pattern,
        uint256 count
    ) private pure returns (uint256) {
        unchecked {
            if (!_holds(data, offset, pattern, count)) revert FrameBytesForm(offset);
            return offset + count;
        }
    }

    function _holds(bytes calldata data, uint256 offset, bytes32 pattern, uint256 count) private pure returns (bool) {
        unchecked {
            return offset + count <= data.length && (_word(data, offset) ^ pattern) >> (256 - 8 * count) == 0;
        }
    }

    /// @dev 32 bytes from `offset` on; what lies behind the end of `data` is anything, and no caller looks at it.
    function _word(bytes calldata data, uint256 offset) private pure returns (bytes32 value) {
        assembly ("memory-safe") {
            value := calldataload(add(data.offset, offset))
        }
    }
}
