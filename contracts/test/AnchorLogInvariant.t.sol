// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorLog} from "../src/AnchorLog.sol";
import {Tree} from "./Tree.sol";
import {Scene} from "./Vm.sol";

/// @notice An operator that anchors honest heads, and tries rewritten, smaller and equal ones, at any time.
contract Operator is Scene {
    AnchorLog public immutable ANCHORS = new AnchorLog();
    bytes32 public immutable LOG;
    bytes32[] private _digests = Tree.digests(64, "log");
    AnchorLog.Head[] private _heads;
    bool public cheated;

    constructor() {
        LOG = ANCHORS.createLog("o", bytes32(uint256(7)), new bytes(64), address(this));
    }

    function grow(uint64 by, uint32 later) external {
        vm.warp(block.timestamp + later);
        uint64 last = size();
        if (last == 64) return;
        uint64 next = last + 1 + (by % (64 - last));
        bytes32 root = Tree.root(_digests, 0, next);
        ANCHORS.anchor(LOG, next, root, proof(_digests, last, next));
        _heads.push(AnchorLog.Head(next, root, uint64(block.timestamp)));
    }

    function cheat(uint64 next, uint256 spot) external {
        uint64 last = size();
        if (last == 0) return;
        next = next % 65;
        bytes32[] memory other = _digests;
        other[spot % last] = keccak256(abi.encode(spot));
        bytes32 root = next == 0 ? bytes32(0) : Tree.root(other, 0, next);
        try ANCHORS.anchor(LOG, next, root, next > last ? proof(other, last, next) : new bytes32[](0)) {
            cheated = true;
        } catch {}
    }

    function heads() external view returns (AnchorLog.Head[] memory) {
        return _heads;
    }

    function proof(bytes32[] memory d, uint64 m, uint64 n) private pure returns (bytes32[] memory) {
        return m == 0 ? new bytes32[](0) : Tree.consistency(d, m, n);
    }

    function size() private view returns (uint64 last) {
        (last, , ) = ANCHORS.latest(LOG);
    }
}

/// @notice INV-07, INV-08, whatever the operator does in whatever order.
contract AnchorLogInvariantTest is Scene {
    Operator private operator;

    function setUp() public {
        operator = new Operator();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(operator);
    }

    function invariant_heads_grow_are_all_there_and_none_is_rewritten() public view {
        AnchorLog anchors = operator.ANCHORS();
        AnchorLog.Head[] memory heads = operator.heads();
        require(!operator.cheated(), "a rewritten head was accepted");
        (uint64 size, bytes32 root, uint64 time) = anchors.latest(operator.LOG());
        if (heads.length == 0) {
            require(size == 0 && root == 0 && time == 0);
            return;
        }
        require(anchors.verifyHeads(operator.LOG(), 0, heads), "a head is missing or changed");
        for (uint256 i = 1; i < heads.length; ++i) require(heads[i - 1].size < heads[i].size, "a head did not grow");
        AnchorLog.Head memory last = heads[heads.length - 1];
        require(size == last.size && root == last.root && time == last.time, "latest is another head");
    }
}
