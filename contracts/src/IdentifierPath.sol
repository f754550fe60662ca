// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Identifiers and their hashes
/// @notice An identifier is `<path>/<suffix>`; a path is a list of labels joined by dots, such as `88.118.20260`.
/// node(parent, label) = keccak256(parent ‖ keccak256(label)), the parent of a top node being 0;
/// leaf = keccak256(node ‖ keccak256(suffix, its ASCII letters lower-cased)).
library IdentifierPath {
    /// @notice Longest identifier in bytes.
    uint256 internal constant MAX_IDENTIFIER = 255;

    /// @notice A label has 1 to 63 bytes, each of a–z, 0–9 and the hyphen.
    error IdentifierPathLabel(string label);
    /// @notice An identifier has at most 255 bytes: a path, a slash and a suffix that is neither empty nor holds a space
    /// or an ASCII control character.
    error IdentifierPathForm(string identifier);

    /// @notice The node of `label` under `parent`.
    function node(bytes32 parent, string memory label) internal pure returns (bytes32) {
        bytes memory text = bytes(label);
        bool valid = text.length >= 1 && text.length <= 63;
        for (uint256 i = 0; valid && i < text.length; ++i) {
            bytes1 c = text[i];
            valid = (c >= "a" && c <= "z") || (c >= "0" && c <= "9") || c == "-";
        }
        if (!valid) revert IdentifierPathLabel(label);
        return keccak256(abi.encodePacked(parent, keccak256(text)));
    }

    /// @notice The node of a whole path.
    function nodeOf(string calldata path) internal pure returns (bytes32 result) {
        bytes calldata text = bytes(path);
        uint256 start = 0;
        for (uint256 i = 0; i <= text.length; ++i) {
            if (i == text.length || text[i] == ".") {
                result = node(result, string(text[start:i]));
                start = i + 1;
            }
        }
    }

    /// @notice The node and the leaf of a whole identifier; its first slash ends the path.
    function leafOf(string calldata identifier) internal pure returns (bytes32 owner, bytes32 leaf) {
        bytes calldata text = bytes(identifier);
        uint256 slash = 0;
        while (slash < text.length && text[slash] != "/") ++slash;
        if (slash + 1 >= text.length || text.length > MAX_IDENTIFIER) revert IdentifierPathForm(identifier);
        owner = nodeOf(string(text[:slash]));
        bytes memory suffix = text[slash + 1:];
        for (uint256 i = 0; i < suffix.length; ++i) {
            bytes1 c = suffix[i];
            if (c <= 0x20 || c == 0x7f) revert IdentifierPathForm(identifier);
            if (c >= "A" && c <= "Z") suffix[i] = bytes1(uint8(c) + 32);
        }
        leaf = keccak256(abi.encodePacked(owner, keccak256(suffix)));
    }
}
