// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IdentifierRegistry} from "../src/IdentifierRegistry.sol";
import {TerminalKey} from "../src/TerminalKey.sol";
import {TerminalRegistry} from "../src/TerminalRegistry.sol";
import {Scene} from "./Vm.sol";

/// @notice INV-06: a key's life is told by blocks, and only its enterprise begins and ends it.
contract TerminalRegistryTest is Scene {
    uint256 private constant P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint64 private constant START = 1_514_736_000;
    address private constant STRANGER = address(0x5);
    string private constant ISS = "88";
    string private constant SUB = "88/EQ-0001";
    bytes32 private constant LOG = keccak256("log");

    TerminalRegistry private terminals;
    bytes32 private node;

    /// @dev This contract is the registrar and holds the node.
    function setUp() public {
        vm.warp(START);
        IdentifierRegistry identifiers = new IdentifierRegistry(address(new AccessManager(address(this))));
        node = identifiers.createNode(0, ISS, address(this));
        terminals = new TerminalRegistry(identifiers);
    }

    function test_enrol_begins_with_this_block() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes memory proof = possession(11, e);
        bytes32 kid = kidOf(e.publicKey);
        bytes32 expected = keccak256(abi.encode(ISS, SUB, kid));
        vm.expectEmit(address(terminals));
        emit TerminalRegistry.TerminalEnrolled(
            expected, node, kid, ISS, SUB, -7, e.publicKey, 1, LOG, START + 9, proof, 0, 0
        );
        same(terminals.enrol(e, proof), expected);
        vm.snapshotValue("TerminalRegistry", "enrol with ES256, whole transaction", vm.lastCallGas().gasTotalUsed);

        TerminalRegistry.Terminal memory t = terminals.terminal(expected);
        same(t.node, node);
        same(t.kid, kid);
        same(t.logId, LOG);
        same(t.from, START);
        same(t.until, 0);
        same(t.calibrationDue, START + 9);
        require(t.alg == -7 && t.class == 1 && t.reason == 0 && t.predecessor == 0 && t.lastDigest == 0);
        same(t.keyHash, keccak256(e.publicKey));
        same(t.subHash, keccak256(bytes(SUB)));
        TerminalRegistry.Lifetime memory life = terminals.lifetime(expected);
        same(life.logId, LOG);
        require(life.from == START && life.until == 0 && life.calibrationDue == START + 9 && life.class == 1);
        same(terminals.terminalsOf(node).length, 1);
        same(terminals.terminalsOf(node)[0], expected);
    }

    /// @dev COSE_Key written out by hand: {1: 1, -1: 6, -2: x} and {1: 2, -1: -65537, -2: x, -3: y}.
    function test_other_algorithms_have_their_thumbprints_and_leave_the_proof_to_readers() public {
        bytes memory x = hex"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        bytes memory y = hex"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
        TerminalRegistry.Enrolment memory e = enrolment(11);
        (e.alg, e.publicKey) = (-8, x);
        same(
            terminals.terminal(terminals.enrol(e, new bytes(64))).kid,
            sha256(abi.encodePacked(hex"a301012006215820", x))
        );
        (e.alg, e.publicKey) = (-65537, bytes.concat(x, y));
        same(
            terminals.terminal(terminals.enrol(e, new bytes(64))).kid,
            sha256(abi.encodePacked(hex"a40102203a00010000215820", x, hex"225820", y))
        );
        e.sub = "88/EQ-0002";
        refusesProof(e, new bytes(63));
    }

    function test_enrol_is_for_the_holder_of_the_node() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes memory proof = possession(11, e);
        vm.prank(STRANGER);
        vm.expectRevert(
            abi.encodeWithSelector(TerminalRegistry.TerminalRegistryNotHolder.selector, node, STRANGER)
        );
        terminals.enrol(e, proof);
        e.iss = "88.1";
        vm.expectRevert();
        terminals.enrol(e, proof);
    }

    function test_enrol_refuses_a_terminal_of_another_enterprise() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        e.sub = "89/EQ-0001";
        bytes memory proof = possession(11, e);
        vm.expectRevert(abi.encodeWithSelector(TerminalRegistry.TerminalRegistryForeignSub.selector, ISS, e.sub));
        terminals.enrol(e, proof);
    }

    function test_enrol_refuses_classes_logs_and_algorithms_that_there_are_not() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes memory proof = possession(11, e);
        e.class = 0;
        vm.expectRevert(abi.encodeWithSelector(TerminalRegistry.TerminalRegistryClass.selector, 0));
        terminals.enrol(e, proof);
        e.class = 5;
        vm.expectRevert(abi.encodeWithSelector(TerminalRegistry.TerminalRegistryClass.selector, 5));
        terminals.enrol(e, proof);
        (e.class, e.logId) = (1, 0);
        refuses(TerminalRegistry.TerminalRegistryNoLog.selector);
        terminals.enrol(e, proof);
        (e.logId, e.alg) = (LOG, -47);
        vm.expectRevert(abi.encodeWithSelector(TerminalKey.TerminalKeyAlgorithm.selector, int32(-47)));
        terminals.enrol(e, proof);
    }

    function test_enrol_refuses_malformed_keys() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes memory proof = possession(11, e);
        e.publicKey = new bytes(63);
        refusesKey(e, proof);
        e.publicKey = abi.encode(uint256(1), uint256(1));
        refusesKey(e, proof);
        (e.alg, e.publicKey) = (-8, new bytes(64));
        refusesKey(e, proof);
    }

    /// @notice INV-19: a key is enrolled only by who has it.
    function test_enrol_refuses_a_proof_for_anything_else() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        refusesProof(e, possession(12, e));
        bytes32 kid = kidOf(e.publicKey);
        refusesProof(e, signature(11, abi.encode(block.chainid + 1, address(terminals), e.iss, e.sub, kid)));
        refusesProof(e, signature(11, abi.encode(block.chainid, address(this), e.iss, e.sub, kid)));
        refusesProof(e, signature(11, abi.encode(block.chainid, address(terminals), "89", e.sub, kid)));
        refusesProof(e, signature(11, abi.encode(block.chainid, address(terminals), e.iss, "88/EQ-0002", kid)));
        refusesProof(e, signature(11, abi.encode(block.chainid, address(terminals), e.iss, e.sub, bytes32(0))));
        refusesProof(e, "");
    }

    function test_enrol_refuses_a_proof_with_a_high_s() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes memory proof = possession(11, e);
        (bytes32 r, bytes32 s) = abi.decode(proof, (bytes32, bytes32));
        refusesProof(e, abi.encode(r, P256_ORDER - uint256(s)));
        terminals.enrol(e, proof);
    }

    function test_enrol_never_takes_a_key_twice_for_one_terminal() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes32 id = terminals.enrol(e, possession(11, e));
        bytes memory refused = abi.encodeWithSelector(TerminalRegistry.TerminalRegistryEnrolled.selector, id);
        bytes memory proof = possession(11, e);
        vm.expectRevert(refused);
        terminals.enrol(e, proof);
        terminals.revoke(id, 1);
        vm.expectRevert(refused);
        terminals.enrol(e, proof);
        e.sub = "88/EQ-0002";
        terminals.enrol(e, possession(11, e));
    }

    function test_rotate_ends_the_predecessor_with_the_same_block() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes32 old = terminals.enrol(e, possession(11, e));
        vm.warp(START + 100);
        e = enrolment(12);
        bytes32 id = terminals.rotate(e, possession(12, e), old, keccak256("last"));
        same(terminals.terminal(old).until, START + 100);
        same(terminals.terminal(old).reason, 0);
        TerminalRegistry.Terminal memory t = terminals.terminal(id);
        same(t.from, START + 100);
        same(t.predecessor, old);
        same(t.lastDigest, keccak256("last"));
        same(terminals.terminalsOf(node).length, 2);
    }

    function test_rotate_refuses_strangers_and_other_terminals() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes32 old = terminals.enrol(e, possession(11, e));
        e = enrolment(12);
        bytes memory proof = possession(12, e);
        vm.prank(STRANGER);
        vm.expectRevert(
            abi.encodeWithSelector(TerminalRegistry.TerminalRegistryNotHolder.selector, node, STRANGER)
        );
        terminals.rotate(e, proof, old, 0);
        vm.expectRevert(abi.encodeWithSelector(TerminalRegistry.TerminalRegistryUnknown.selector, LOG));
        terminals.rotate(e, proof, LOG, 0);

        bytes memory other = abi.encodeWithSelector(TerminalRegistry.TerminalRegistryOtherTerminal.selector, old);
        e.class = 2;
        vm.expectRevert(other);
        terminals.rotate(e, proof, old, 0);
        (e.class, e.sub) = (1, "88/EQ-0002");
        proof = possession(12, e);
        vm.expectRevert(other);
        terminals.rotate(e, proof, old, 0);

        terminals.revoke(old, 1);
        e.sub = SUB;
        proof = possession(12, e);
        vm.expectRevert(abi.encodeWithSelector(TerminalRegistry.TerminalRegistryEnded.selector, old));
        terminals.rotate(e, proof, old, 0);
    }

    function test_revoke_takes_effect_at_its_block_and_only_once() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes32 id = terminals.enrol(e, possession(11, e));
        vm.warp(START + 50);
        vm.prank(STRANGER);
        vm.expectRevert(
            abi.encodeWithSelector(TerminalRegistry.TerminalRegistryNotHolder.selector, node, STRANGER)
        );
        terminals.revoke(id, 1);
        refuses(TerminalRegistry.TerminalRegistryNoReason.selector);
        terminals.revoke(id, 0);
        vm.expectRevert(abi.encodeWithSelector(TerminalRegistry.TerminalRegistryUnknown.selector, LOG));
        terminals.revoke(LOG, 1);

        vm.expectEmit(address(terminals));
        emit TerminalRegistry.TerminalRevoked(id, 3);
        terminals.revoke(id, 3);
        same(terminals.terminal(id).until, START + 50);
        same(terminals.terminal(id).reason, 3);
        vm.expectRevert(abi.encodeWithSelector(TerminalRegistry.TerminalRegistryRevoked.selector, id));
        terminals.revoke(id, 4);
    }

    function test_a_rotated_key_can_still_be_revoked_and_keeps_its_end() public {
        TerminalRegistry.Enrolment memory e = enrolment(11);
        bytes32 old = terminals.enrol(e, possession(11, e));
        vm.warp(START + 100);
        e = enrolment(12);
        terminals.rotate(e, possession(12, e), old, 0);
        vm.warp(START + 200);
        terminals.revoke(old, 2);
        same(terminals.terminal(old).until, START + 100);
        same(terminals.terminal(old).reason, 2);
    }

    function enrolment(uint256 key) private pure returns (TerminalRegistry.Enrolment memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        return TerminalRegistry.Enrolment(ISS, SUB, -7, abi.encode(x, y), 1, LOG, START + 9);
    }

    function kidOf(bytes memory publicKey) private pure returns (bytes32) {
        (bytes32 x, bytes32 y) = abi.decode(publicKey, (bytes32, bytes32));
        return sha256(abi.encodePacked(hex"a401022001215820", x, hex"225820", y));
    }

    function possession(uint256 key, TerminalRegistry.Enrolment memory e) private view returns (bytes memory) {
        return signature(key, abi.encode(block.chainid, address(terminals), e.iss, e.sub, kidOf(e.publicKey)));
    }

    function signature(uint256 key, bytes memory message) private pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = vm.signP256(key, sha256(message));
        uint256 low = uint256(s) > P256_ORDER / 2 ? P256_ORDER - uint256(s) : uint256(s);
        return abi.encode(r, low);
    }

    function refusesProof(TerminalRegistry.Enrolment memory e, bytes memory proof) private {
        bytes32 kid = e.alg == -7 ? kidOf(e.publicKey) : sha256(
            abi.encodePacked(hex"a40102203a00010000215820", slice(e.publicKey, 0), hex"225820", slice(e.publicKey, 1))
        );
        vm.expectRevert(abi.encodeWithSelector(TerminalKey.TerminalKeyNoPossession.selector, kid));
        terminals.enrol(e, proof);
    }

    function refusesKey(TerminalRegistry.Enrolment memory e, bytes memory proof) private {
        vm.expectRevert(abi.encodeWithSelector(TerminalKey.TerminalKeyMalformed.selector, e.alg, e.publicKey));
        terminals.enrol(e, proof);
    }

    function slice(bytes memory publicKey, uint256 index) private pure returns (bytes32) {
        (bytes32 x, bytes32 y) = abi.decode(publicKey, (bytes32, bytes32));
        return index == 0 ? x : y;
    }
}
