// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorLog} from "../src/AnchorLog.sol";
import {Tree} from "./Tree.sol";
import {Scene} from "./Vm.sol";

/// @notice INV-07, INV-08: a log is neither rewritten nor truncated, and has one head per size.
contract AnchorLogTest is Scene {
    address private constant OPERATOR = address(0xA11CE);
    uint64 private constant START = 1_514_736_000;

    AnchorLog private anchors;
    bytes32 private logId;

    function setUp() public {
        vm.warp(START);
        anchors = new AnchorLog();
        logId = create("example.org/log");
    }

    function test_createLog_derives_the_id_from_creator_origin_and_nonce() public {
        bytes32 expected = keccak256(
            abi.encode(block.chainid, address(anchors), address(this), "example.org/other", uint256(1))
        );
        vm.expectEmit(address(anchors));
        emit AnchorLog.LogCreated(
            expected, address(this), OPERATOR, "example.org/other", 1, bytes32(uint256(7)), new bytes(64)
        );
        same(create("example.org/other"), expected);
        (address operator, bytes32 noteKeyHash, bytes32 promiseKeyHash, string memory origin) = anchors.log(expected);
        same(operator, OPERATOR);
        same(noteKeyHash, bytes32(uint256(7)));
        same(promiseKeyHash, keccak256(new bytes(64)));
        same(keccak256(bytes(origin)), keccak256("example.org/other"));
        same(anchors.creatorOf(expected), address(this));
    }

    function test_createLog_gives_the_same_origin_another_id() public {
        require(create("example.org/log") != logId);
    }

    function test_createLog_refuses_an_incomplete_log() public {
        refuses(AnchorLog.AnchorLogZeroOperator.selector);
        anchors.createLog("o", bytes32(uint256(7)), new bytes(64), address(0));
        refuses(AnchorLog.AnchorLogZeroNoteKey.selector);
        anchors.createLog("o", 0, new bytes(64), OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogPromiseKeyLength.selector, 63));
        anchors.createLog("o", bytes32(uint256(7)), new bytes(63), OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogOriginLength.selector, 0));
        anchors.createLog("", bytes32(uint256(7)), new bytes(64), OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogOriginLength.selector, 256));
        anchors.createLog(string(new bytes(256)), bytes32(uint256(7)), new bytes(64), OPERATOR);
    }

    function test_anchor_keeps_each_head_with_its_time_and_predecessor() public {
        bytes32[] memory d = Tree.digests(5, "a");
        vm.expectEmit(address(anchors));
        emit AnchorLog.TreeHeadAnchored(logId, 2, Tree.root(d, 0, 2), START, 0);
        anchorTo(d, 0, 2);
        vm.warp(START + 60);
        anchorTo(d, 2, 5);

        (uint64 size, bytes32 root, uint64 time) = anchors.latest(logId);
        same(size, 5);
        same(root, Tree.root(d, 0, 5));
        same(time, START + 60);
        require(anchors.isAnchored(logId, 2, Tree.root(d, 0, 2), START, 0));
        require(anchors.isAnchored(logId, 5, root, START + 60, 2));
        require(!anchors.isAnchored(logId, 5, root, START + 61, 2), "another time");
        require(!anchors.isAnchored(logId, 5, root, START + 60, 0), "another predecessor");
        require(!anchors.isAnchored(logId, 5, bytes32(uint256(root) + 1), START + 60, 2), "another root");
        require(!anchors.isAnchored(logId, 4, root, START + 60, 2), "another size");
        same(anchors.headHash(logId, 5), keccak256(abi.encodePacked(root, uint64(START + 60), uint64(2))));
        same(anchors.headHash(logId, 3), 0);
    }

    function test_anchor_refuses_everyone_but_the_operator() public {
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogNotOperator.selector, logId, address(this)));
        anchors.anchor(logId, 1, bytes32(uint256(1)), new bytes32[](0));
        bytes32 unknown = keccak256("no log");
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogNotOperator.selector, unknown, OPERATOR));
        anchors.anchor(unknown, 1, bytes32(uint256(1)), new bytes32[](0));
    }

    function test_anchor_refuses_a_head_that_is_not_larger() public {
        bytes32[] memory d = Tree.digests(4, "a");
        anchorTo(d, 0, 4);
        for (uint64 size = 0; size <= 4; ++size) {
            vm.prank(OPERATOR);
            vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogNotLarger.selector, uint64(4), size));
            anchors.anchor(logId, size, keccak256("other"), new bytes32[](0));
        }
    }

    function test_anchor_refuses_an_empty_first_head_and_a_proof_with_it() public {
        bytes32 empty = sha256("");
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogNotLarger.selector, uint64(0), uint64(0)));
        anchors.anchor(logId, 0, empty, new bytes32[](0));
        refusesExtension(0, 1, bytes32(uint256(1)), new bytes32[](1));
    }

    function test_anchor_refuses_a_size_that_does_not_fit() public {
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogTooLarge.selector, uint64(1) << 48));
        anchors.anchor(logId, uint64(1) << 48, bytes32(uint256(1)), new bytes32[](0));
    }

    function test_anchor_accepts_every_pair_of_small_trees() public {
        bytes32[] memory d = Tree.digests(20, "pairs");
        for (uint64 n = 2; n <= 20; ++n) {
            for (uint64 m = 1; m < n; ++m) {
                logId = create("pairs");
                anchorTo(d, 0, m);
                anchorTo(d, m, n);
            }
        }
    }

    function testFuzz_anchor_accepts_consistent_extensions(uint256 m, uint256 n, bytes32 seed) public {
        n = 2 + (n % 255);
        m = 1 + (m % (n - 1));
        bytes32[] memory d = Tree.digests(n, seed);
        anchorTo(d, 0, uint64(m));
        anchorTo(d, uint64(m), uint64(n));
    }

    function testFuzz_anchor_refuses_a_rewritten_leaf(uint256 m, uint256 n, uint256 spot, bytes32 seed) public {
        n = 2 + (n % 127);
        m = 1 + (m % (n - 1));
        bytes32[] memory d = Tree.digests(n, seed);
        anchorTo(d, 0, uint64(m));
        d[spot % m] = keccak256(abi.encode(d[spot % m]));
        refusesExtension(m, n, Tree.root(d, 0, n), Tree.consistency(d, m, n));
    }

    function testFuzz_anchor_refuses_every_other_proof(
        uint256 m,
        uint256 n,
        uint8 way,
        uint256 spot,
        bytes32 seed
    ) public {
        n = 2 + (n % 127);
        m = 1 + (m % (n - 1));
        bytes32[] memory d = Tree.digests(n, seed);
        bytes32[] memory proof = altered(Tree.consistency(d, m, n), way % 5, spot);
        anchorTo(d, 0, uint64(m));
        refusesExtension(m, n, Tree.root(d, 0, n), proof);
    }

    function testFuzz_anchor_refuses_another_size_or_root(uint256 m, uint256 n, uint256 other, bytes32 seed) public {
        n = 3 + (n % 126);
        m = 1 + (m % (n - 1));
        other = m + 1 + (other % 200);
        vm.assume(other != n);
        bytes32[] memory d = Tree.digests(n, seed);
        bytes32[] memory proof = Tree.consistency(d, m, n);
        anchorTo(d, 0, uint64(m));
        refusesExtension(m, n, keccak256(abi.encode(seed)), proof);
        // A proof says nothing of a size with the same shape of path: only the root binds it.
        bytes32 root = other < n ? Tree.root(d, 0, other) : keccak256(abi.encode(other));
        refusesExtension(m, other, root, altered(proof, 0, other));
    }

    function testFuzz_verifyInclusion_accepts_exactly_the_leaf(uint256 n, uint256 index, uint8 way, uint256 spot) public {
        n = 2 + (n % 127);
        index = index % n;
        bytes32[] memory d = Tree.digests(n, "inclusion");
        anchorTo(d, 0, uint64(n));
        AnchorLog.Head memory head = AnchorLog.Head(uint64(n), Tree.root(d, 0, n), START);
        bytes32[] memory path = Tree.inclusion(d, index, 0, n);
        require(anchors.verifyInclusion(logId, head, 0, uint64(index), d[index], path), "the leaf");
        require(!anchors.verifyInclusion(logId, head, 0, uint64(index), keccak256("x"), path), "another digest");
        require(!anchors.verifyInclusion(logId, head, 1, uint64(index), d[index], path), "another predecessor");
        require(!anchors.verifyInclusion(logId, head, 0, uint64(n), d[index], path), "beyond the tree");
        uint64 neighbour = uint64((index + 1) % n);
        require(!anchors.verifyInclusion(logId, head, 0, neighbour, d[index], path), "another index");
        bytes32[] memory other = altered(path, way % 5, spot);
        require(!anchors.verifyInclusion(logId, head, 0, uint64(index), d[index], other), "another path");
    }

    function test_verifyHeads_proves_that_no_head_was_left_out() public {
        bytes32[] memory d = Tree.digests(9, "heads");
        AnchorLog.Head[] memory heads = new AnchorLog.Head[](3);
        uint64[4] memory sizes = [uint64(0), 2, 5, 9];
        for (uint64 i = 0; i < 3; ++i) {
            vm.warp(START + i);
            anchorTo(d, sizes[i], sizes[i + 1]);
            heads[i] = AnchorLog.Head(sizes[i + 1], Tree.root(d, 0, sizes[i + 1]), START + i);
        }
        require(anchors.verifyHeads(logId, 0, heads), "all");
        require(!anchors.verifyHeads(logId, 1, heads), "another predecessor");
        require(!anchors.verifyHeads(logId, 0, new AnchorLog.Head[](0)), "none");

        AnchorLog.Head[] memory gap = new AnchorLog.Head[](2);
        (gap[0], gap[1]) = (heads[0], heads[2]);
        require(!anchors.verifyHeads(logId, 0, gap), "one left out");
        (gap[0], gap[1]) = (heads[1], heads[2]);
        require(anchors.verifyHeads(logId, 2, gap), "a stretch");
        (heads[0], heads[1]) = (heads[1], heads[0]);
        require(!anchors.verifyHeads(logId, 0, heads), "another order");
    }

    function test_rotations_belong_to_the_creator() public {
        vm.expectEmit(address(anchors));
        emit AnchorLog.OperatorRotated(logId, OPERATOR, address(0xB0B));
        anchors.rotateOperator(logId, address(0xB0B));
        vm.expectEmit(address(anchors));
        emit AnchorLog.NoteKeyRotated(logId, bytes32(uint256(7)), bytes32(uint256(8)));
        anchors.rotateNoteKey(logId, bytes32(uint256(8)));
        bytes memory promiseKey = abi.encode(uint256(1), uint256(2));
        vm.expectEmit(address(anchors));
        emit AnchorLog.PromiseKeyRotated(logId, keccak256(new bytes(64)), promiseKey);
        anchors.rotatePromiseKey(logId, promiseKey);
        (address operator, bytes32 noteKeyHash, bytes32 promiseKeyHash, ) = anchors.log(logId);
        same(operator, address(0xB0B));
        same(noteKeyHash, bytes32(uint256(8)));
        same(promiseKeyHash, keccak256(promiseKey));

        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogNotOperator.selector, logId, OPERATOR));
        anchors.anchor(logId, 1, bytes32(uint256(1)), new bytes32[](0));
    }

    function test_rotations_refuse_strangers_unknown_logs_and_empty_keys() public {
        bytes memory stranger = abi.encodeWithSelector(AnchorLog.AnchorLogNotCreator.selector, logId, OPERATOR);
        vm.prank(OPERATOR);
        vm.expectRevert(stranger);
        anchors.rotateOperator(logId, OPERATOR);
        vm.prank(OPERATOR);
        vm.expectRevert(stranger);
        anchors.rotateNoteKey(logId, bytes32(uint256(8)));
        vm.prank(OPERATOR);
        vm.expectRevert(stranger);
        anchors.rotatePromiseKey(logId, new bytes(64));
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogUnknown.selector, bytes32(0)));
        anchors.rotateOperator(0, OPERATOR);
        refuses(AnchorLog.AnchorLogZeroOperator.selector);
        anchors.rotateOperator(logId, address(0));
        refuses(AnchorLog.AnchorLogZeroNoteKey.selector);
        anchors.rotateNoteKey(logId, 0);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogPromiseKeyLength.selector, 0));
        anchors.rotatePromiseKey(logId, "");
    }

    function create(string memory origin) private returns (bytes32) {
        return anchors.createLog(origin, bytes32(uint256(7)), new bytes(64), OPERATOR);
    }

    function anchorTo(bytes32[] memory d, uint64 m, uint64 n) private {
        bytes32[] memory proof = m == 0 ? new bytes32[](0) : Tree.consistency(d, m, n);
        bytes32 root = Tree.root(d, 0, n);
        vm.prank(OPERATOR);
        anchors.anchor(logId, n, root, proof);
    }

    /// @dev Arguments are complete before the prank: a call of the SHA-256 precompile would use it up.
    function refusesExtension(uint256 m, uint256 n, bytes32 root, bytes32[] memory proof) private {
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(AnchorLog.AnchorLogInconsistent.selector, uint64(m), uint64(n)));
        anchors.anchor(logId, uint64(n), root, proof);
    }

    /// @dev One element flipped, left out, added spot the end, added in front, or all replaced; never the same proof.
    function altered(bytes32[] memory proof, uint8 way, uint256 spot) private pure returns (bytes32[] memory other) {
        if (way == 2 || proof.length == 0) return Tree.append(proof, keccak256(abi.encode(spot)));
        if (way == 0) {
            other = proof;
            other[spot % proof.length] ^= bytes32(uint256(1) << (spot % 256));
            return other;
        }
        if (way == 1) {
            other = new bytes32[](proof.length - 1);
            for (uint256 i = 0; i < other.length; ++i) other[i] = proof[i < spot % proof.length ? i : i + 1];
            return other;
        }
        if (way == 3) {
            other = new bytes32[](proof.length + 1);
            for (uint256 i = 0; i < proof.length; ++i) other[i + 1] = proof[i];
            return other;
        }
        return new bytes32[](proof.length);
    }
}
