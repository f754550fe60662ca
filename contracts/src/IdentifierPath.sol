// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Identifiers and their hashes
/// @notice An identifier is `<path>/<suffix>`; a path is a list of labels joined by dots, such as `88.118.20260`.
/// node(parent, label) = keccak256(parent ‖ keccak256(label)), the parent of a top node being 0;
/// leaf = keccak256(node ‖ keccak256(suffix, its ASCII letters lower-cased)).
library IdentifierPath {
    /// @notice Longest identifier in bytes.
    uint256 internal constant MAX_IDENTIFIER = 255;
    /// @dev One bit per byte value: a–z, 0–9 and the hyphen.
    uint256 private constant LABEL_BYTES = (0x3ffffff << 0x61) | (0x3ff << 0x30) | (1 << 0x2d);
    uint256 private constant DOT = 0x2e;
    uint256 private constant SLASH = 0x2f;

    /// @notice A label has 1 to 63 bytes, each of a–z, 0–9 and the hyphen.
    error IdentifierPathLabel(string label);
    /// @notice An identifier has at most 255 bytes: a path, a slash and a suffix that is neither empty nor holds a space
    /// or an ASCII control character.
    error IdentifierPathForm(string identifier);

    /// @notice The node of `label` under `parent`.
    function node(bytes32 parent, string calldata label) internal pure returns (bytes32) {
        return _node(parent, bytes(label));
    }

    /// @notice The node of a whole path.
    function nodeOf(string calldata path) internal pure returns (bytes32) {
        return _nodeOf(bytes(path));
    }

    /// @notice The node and the leaf of a whole identifier; its first slash ends the path.
    function leafOf(string calldata identifier) internal pure returns (bytes32 owner, bytes32 leaf) {
        bytes calldata text = bytes(identifier);
        uint256 length = text.length;
        uint256 slash = 0;
        while (slash < length && _at(text, slash) != SLASH) ++slash;
        if (slash + 1 >= length || length > MAX_IDENTIFIER) revert IdentifierPathForm(identifier);
        owner = _nodeOf(text[:slash]);
        bytes memory suffix = text[slash + 1:];
        for (uint256 i = slash + 1; i < length; ++i) {
            uint256 c = _at(text, i);
            if (c <= 0x20 || c == 0x7f) revert IdentifierPathForm(identifier);
            if (c >= 0x41 && c <= 0x5a) suffix[i - slash - 1] = bytes1(uint8(c + 32));
        }
        leaf = keccak256(abi.encodePacked(owner, keccak256(suffix)));
    }

    function _nodeOf(bytes calldata text) private pure returns (bytes32 result) {
        uint256 length = text.length;
        uint256 start = 0;
        for (uint256 i = 0; i < length; ++i) {
            if (_at(text, i) != DOT) continue;
            result = _node(result, text[start:i]);
            start = i + 1;
        }
        return _node(result, text[start:]);
    }

    function _node(bytes32 parent, bytes calldata label) private pure returns (bytes32) {
        uint256 length = label.length;
        uint256 allowed = length == 0 || length > 63 ? 0 : LABEL_BYTES;
        for (uint256 i = 0; i < length; ++i) if ((LABEL_BYTES >> _at(label, i)) & 1 == 0) allowed = 0;
        if (allowed == 0) revert IdentifierPathLabel(string(label));
        return keccak256(abi.encodePacked(parent, keccak256(label)));
    }

    /// @dev A byte of calldata; `i` is below the length.
    function _at(bytes calldata text, uint256 i) private pure returns (uint256 c) {
        assembly ("memory-safe") {
            c := byte(0, calldataload(add(text.offset, i)))
        }
    }
}
