// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice RFC 9162 trees by their recursive definitions (2.1.1, 2.1.3.1, 2.1.4.1): slow, and written apart from the
/// verifier that they test.
library Tree {
    function digests(uint256 count, bytes32 seed) internal pure returns (bytes32[] memory d) {
        d = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) d[i] = keccak256(abi.encode(seed, i));
    }

    /// @notice MTH(D[lo:hi]).
    function root(bytes32[] memory d, uint256 lo, uint256 hi) internal pure returns (bytes32) {
        if (hi - lo == 1) return sha256(abi.encodePacked(bytes1(0x00), d[lo]));
        uint256 k = split(hi - lo);
        return sha256(abi.encodePacked(bytes1(0x01), root(d, lo, lo + k), root(d, lo + k, hi)));
    }

    /// @notice PROOF(m, D[0:n]).
    function consistency(bytes32[] memory d, uint256 m, uint256 n) internal pure returns (bytes32[] memory) {
        return subproof(d, m, 0, n, true);
    }

    /// @notice PATH(index, D[lo:hi]), leaf first.
    function inclusion(
        bytes32[] memory d,
        uint256 index,
        uint256 lo,
        uint256 hi
    ) internal pure returns (bytes32[] memory) {
        if (hi - lo == 1) return new bytes32[](0);
        uint256 k = split(hi - lo);
        if (index < k) return append(inclusion(d, index, lo, lo + k), root(d, lo + k, hi));
        return append(inclusion(d, index - k, lo + k, hi), root(d, lo, lo + k));
    }

    function subproof(
        bytes32[] memory d,
        uint256 m,
        uint256 lo,
        uint256 hi,
        bool complete
    ) private pure returns (bytes32[] memory) {
        if (m == hi - lo) return complete ? new bytes32[](0) : append(new bytes32[](0), root(d, lo, hi));
        uint256 k = split(hi - lo);
        if (m <= k) return append(subproof(d, m, lo, lo + k, complete), root(d, lo + k, hi));
        return append(subproof(d, m - k, lo + k, hi, false), root(d, lo, lo + k));
    }

    /// @notice The largest power of two below `count`.
    function split(uint256 count) private pure returns (uint256 k) {
        k = 1;
        while (k * 2 < count) k *= 2;
    }

    function append(bytes32[] memory list, bytes32 item) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) longer[i] = list[i];
        longer[list.length] = item;
    }
}
