// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorLog} from "../src/AnchorLog.sol";
import {Scene} from "./Vm.sol";

/// @notice Gas of whole anchoring transactions – base cost, calldata and cold slots included – in
/// snapshots/AnchorLog.json. The trees are too large to build here: the hashes of a proof are chosen, and the roots of
/// the two trees that they prove follow from them.
contract AnchorGasTest is Scene {
    uint256 private constant LIMIT = 90_000;
    address private constant OPERATOR = address(0xA11CE);

    AnchorLog private anchors;

    function setUp() public {
        anchors = new AnchorLog();
    }

    function test_first_anchor() public {
        bytes32 logId = create();
        vm.prank(OPERATOR);
        anchors.anchor(logId, 1 << 19, keccak256("root"), new bytes32[](0));
        record("first head");
    }

    function test_second_anchor_of_a_small_log() public {
        require(extend("second head: 24 to 48 leaves", 24, 48) < LIMIT);
    }

    function test_hourly_frames_of_a_year() public {
        require(extend("a day at the end of a year: 8736 to 8760 leaves", 8736, 8760) < LIMIT);
    }

    function test_longest_proof_at_2_20_leaves() public {
        require(extend("longest proof: 2^20 - 1 to 2^20 leaves", (1 << 20) - 1, 1 << 20) < LIMIT);
    }

    function testFuzz_every_extension_up_to_2_20_leaves(uint256 m, uint256 n) public {
        n = 2 + (n % ((1 << 20) - 1));
        m = 1 + (m % (n - 1));
        require(extend("", uint64(m), uint64(n)) < LIMIT);
    }

    function extend(string memory name, uint64 m, uint64 n) private returns (uint256 gas) {
        (bytes32 oldRoot, bytes32 newRoot, bytes32[] memory proof) = chosen(m, n);
        bytes32 logId = create();
        vm.prank(OPERATOR);
        anchors.anchor(logId, m, oldRoot, new bytes32[](0));
        vm.prank(OPERATOR);
        anchors.anchor(logId, n, newRoot, proof);
        return record(name);
    }

    function record(string memory name) private returns (uint256 gas) {
        gas = vm.lastCallGas().gasTotalUsed;
        if (bytes(name).length != 0) vm.snapshotValue("AnchorLog", name, gas);
    }

    function create() private returns (bytes32) {
        return anchors.createLog("example.org/log", bytes32(uint256(7)), new bytes(64), OPERATOR);
    }

    /// @dev Climbs from the old tree's last full subtree to the new root, taking a fresh hash for every sibling.
    function chosen(
        uint64 m,
        uint64 n
    ) private pure returns (bytes32 oldRoot, bytes32 newRoot, bytes32[] memory proof) {
        bytes32[] memory list = new bytes32[](64);
        uint256 count = 0;
        (uint256 left, uint256 right) = (m - 1, n - 1);
        while (left % 2 == 1) (left, right) = (left / 2, right / 2);
        oldRoot = newRoot = fresh(0);
        if (left != 0) list[count++] = oldRoot;
        for (; right != 0; (left, right) = (left / 2, right / 2)) {
            bytes32 sibling = fresh(right);
            if (left % 2 == 1) {
                oldRoot = pair(sibling, oldRoot);
                newRoot = pair(sibling, newRoot);
            } else if (left != right) {
                newRoot = pair(newRoot, sibling);
            } else {
                continue;
            }
            list[count++] = sibling;
        }
        proof = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) proof[i] = list[i];
    }

    /// @dev Without a zero byte, which would make calldata cheaper.
    function fresh(uint256 salt) private pure returns (bytes32) {
        return keccak256(abi.encode("sibling", salt)) | bytes32(type(uint256).max / 255);
    }

    function pair(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }
}
