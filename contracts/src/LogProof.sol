// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs of RFC 9162 Merkle trees
/// @notice Consistency (section 2.1.4.2) and inclusion (section 2.1.3.2) of SHA-256 trees, verified on chain.
/// @dev Both loops are bounded by the tree's height: an element too many is refused, never ignored.
library LogProof {
    /// @notice Whether `proof` shows that the tree (`size`, `root`) extends the tree (`oldSize`, `oldRoot`).
    /// @dev Needs 0 < oldSize < size; every other pair is refused. RFC 9162, 2.1.4.2, numbered as there.
    function isExtension(
        uint256 oldSize,
        bytes32 oldRoot,
        uint256 size,
        bytes32 root,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        if (oldSize == 0 || oldSize >= size) return false;
        unchecked {
            // Safe: 0 < oldSize < size; `next` never passes the proof's length.
            uint256 fn = oldSize - 1;
            uint256 sn = size - 1;
            uint256 next;
            bytes32 fr;
            // 2. An old tree that is a full subtree of the new one is not repeated in the proof.
            if (oldSize & fn == 0) {
                fr = oldRoot;
            } else {
                // 1. Otherwise the proof is never empty.
                if (proof.length == 0) return false;
                fr = proof[0];
                next = 1;
            }
            // 4. Start at the largest full subtree that ends the old tree.
            while (fn & 1 == 1) {
                fn >>= 1;
                sn >>= 1;
            }
            bytes32 sr = fr;
            for (; next < proof.length; ++next) {
                // 6.1
                if (sn == 0) return false;
                // Within the proof, as the loop's condition says.
                bytes32 c;
                assembly ("memory-safe") {
                    c := calldataload(add(proof.offset, shl(5, next)))
                }
                if (fn & 1 == 1 || fn == sn) {
                    // 6.2
                    fr = hashPair(c, fr);
                    sr = hashPair(c, sr);
                    while (fn & 1 == 0 && fn != 0) {
                        fn >>= 1;
                        sn >>= 1;
                    }
                } else {
                    sr = hashPair(sr, c);
                }
                // 6.3
                fn >>= 1;
                sn >>= 1;
            }
            // 7.
            return sn == 0 && fr == oldRoot && sr == root;
        }
    }

    /// @notice Whether `path` leads from leaf `index`, holding `digest`, to the tree (`size`, `root`).
    /// @dev RFC 9162, 2.1.3.2.
    function isIncluded(
        uint256 index,
        uint256 size,
        bytes32 root,
        bytes32 digest,
        bytes32[] calldata path
    ) internal view returns (bool) {
        if (index >= size) return false;
        unchecked {
            // Safe: index < size.
            uint256 fn = index;
            uint256 sn = size - 1;
            bytes32 r = sha256(abi.encodePacked(bytes1(0x00), digest));
            for (uint256 i = 0; i < path.length; ++i) {
                if (sn == 0) return false;
                if (fn & 1 == 1 || fn == sn) {
                    r = hashPair(path[i], r);
                    while (fn & 1 == 0 && fn != 0) {
                        fn >>= 1;
                        sn >>= 1;
                    }
                } else {
                    r = hashPair(r, path[i]);
                }
                fn >>= 1;
                sn >>= 1;
            }
            return sn == 0 && r == root;
        }
    }

    /// @notice The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
    /// @dev Built in the scratch space and the first word behind the free memory pointer, which both may hold
    /// anything afterwards; the pointer itself does not move.
    function hashPair(bytes32 left, bytes32 right) internal view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let m := mload(0x40)
            mstore8(m, 0x01)
            mstore(add(m, 0x01), left)
            mstore(add(m, 0x21), right)
            // The precompile fails only when it is given too little gas.
            if iszero(staticcall(gas(), 0x02, m, 0x41, 0x00, 0x20)) { revert(0x00, 0x00) }
            hash := mload(0x00)
        }
    }
}
