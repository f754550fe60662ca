// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorLog} from "../src/AnchorLog.sol";
import {Scene} from "../test/Vm.sol";

/// @notice Halmos' cheat codes that are used here.
interface Svm {
    function createBytes32(string calldata name) external pure returns (bytes32);
}

/// @notice INV-07, for all leaves, proofs and roots at once (halmos; forge does not run `check_` functions).
/// @dev To halmos SHA-256 is an unknown function. That it has no collisions is told it by an inverse: `left` and `right`
/// are unknown functions too – SHA-256 of an argument of a length that occurs nowhere else – and each pair that is
/// hashed is assumed to come back from its hash. Leaves are leaf hashes.
contract AnchorLogSymbolic is Scene {
    uint64 private constant MOST = 4;
    Svm private constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));

    AnchorLog private anchors;
    bytes32 private logId;

    function setUp() public {
        anchors = new AnchorLog();
        logId = anchors.createLog("o", bytes32(uint256(7)), new bytes(64), address(this));
    }

    /// @notice Every pair of sizes up to four, every proof of up to four hashes; three are the most that a proof has.
    function check_an_accepted_head_extends_the_last_one(uint8 m, uint8 n, uint8 length) public {
        for (uint8 i = 2; i <= MOST; ++i) {
            if (n != i) continue;
            for (uint8 j = 1; j < i; ++j) {
                if (m != j) continue;
                for (uint8 k = 0; k <= 4; ++k) {
                    if (length == k) extension(j, i, k);
                }
            }
        }
    }

    /// @dev A head of `m` leaves, then one of `n` with any proof of `length` hashes: if it is accepted, and its root is
    /// that of some `n` leaves, the first `m` of them are the old ones.
    function extension(uint64 m, uint64 n, uint256 length) private {
        bytes32[] memory old = symbols(m);
        bytes32[] memory leaves = symbols(n);
        bytes32[] memory proof = symbols(length);
        bytes32 id = anchors.createLog("o", bytes32(uint256(7)), new bytes(64), address(this));
        anchors.anchor(id, m, root(old, 0, m), new bytes32[](0));
        try anchors.anchor(id, n, root(leaves, 0, n), proof) {
            assumeNoCollision(m, n, old, proof);
            for (uint256 i = 0; i < m; ++i) assert(old[i] == leaves[i]);
        } catch {}
    }

    function symbols(uint256 count) private pure returns (bytes32[] memory list) {
        list = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) list[i] = svm.createBytes32("hash");
    }

    function root(bytes32[] memory leaves, uint256 lo, uint256 hi) private view returns (bytes32) {
        if (hi - lo == 1) return leaves[lo];
        uint256 k = 1;
        while (k * 2 < hi - lo) k *= 2;
        return pair(root(leaves, lo, lo + k), root(leaves, lo + k, hi));
    }

    /// @dev The pairs that any verifier of this proof hashes (RFC 9162, 2.1.4.2).
    function assumeNoCollision(uint256 m, uint256 n, bytes32[] memory old, bytes32[] memory proof) private view {
        (uint256 fn, uint256 sn, uint256 next) = (m - 1, n - 1, 0);
        bytes32 fr = root(old, 0, m);
        if (m & fn != 0) {
            if (proof.length == 0) return;
            (fr, next) = (proof[0], 1);
        }
        while (fn & 1 == 1) (fn, sn) = (fn >> 1, sn >> 1);
        bytes32 sr = fr;
        for (; next < proof.length && sn != 0; ++next) {
            bytes32 c = proof[next];
            if (fn & 1 == 1 || fn == sn) {
                (fr, sr) = (pair(c, fr), pair(c, sr));
                while (fn & 1 == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                sr = pair(sr, c);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
    }

    function pair(bytes32 left, bytes32 right) private pure returns (bytes32 hash) {
        hash = sha256(abi.encodePacked(bytes1(0x01), left, right));
        vm.assume(sha256(abi.encodePacked(hash, "left")) == left);
        vm.assume(sha256(abi.encodePacked(hash, "right")) == right);
    }
}
