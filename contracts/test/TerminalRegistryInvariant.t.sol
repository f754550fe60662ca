// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IdentifierRegistry} from "../src/IdentifierRegistry.sol";
import {TerminalRegistry} from "../src/TerminalRegistry.sol";
import {Scene} from "./Vm.sol";

/// @notice Two enterprises that enrol, rotate and revoke few keys, so that the same ones come up again; they change
/// hands, time passes, and strangers and holders try what they must not.
contract Enterprises is Scene {
    /// @dev What an enrolment must look like, told by what was done and when.
    struct Expected {
        bytes32 id;
        uint256 node;
        uint256 terminal;
        uint64 from;
        uint64 until;
        uint8 reason;
        bytes32 predecessor;
    }

    uint256 private constant P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint256 private constant KEYS = 5;
    TerminalRegistry public immutable TERMINALS;
    IdentifierRegistry private immutable IDENTIFIERS;
    string[2] private _paths = ["88", "89"];
    bytes32[2] public nodes;
    address[2] private _holders = [address(0xA1), address(0xA2)];
    bytes[KEYS] private _publicKeys;
    Expected[] private _enrolled;
    /// @dev The place in `_enrolled`, counted from 1.
    mapping(bytes32 id => uint256) private _places;
    bool public cheated;

    constructor() {
        vm.warp(1_514_736_000);
        IDENTIFIERS = new IdentifierRegistry(address(new AccessManager(address(this))));
        TERMINALS = new TerminalRegistry(IDENTIFIERS);
        for (uint256 i = 0; i < 2; ++i) nodes[i] = IDENTIFIERS.createNode(0, _paths[i], _holders[i]);
        for (uint256 key = 0; key < KEYS; ++key) {
            (uint256 x, uint256 y) = vm.publicKeyP256(key + 1);
            _publicKeys[key] = abi.encode(x, y);
        }
    }

    function wait(uint32 later) external {
        vm.warp(block.timestamp + later);
    }

    function handOver(uint256 node, uint160 holder) external {
        node = node % 2;
        IDENTIFIERS.proposeReassignment(nodes[node], address(0xA1 + (holder % 4)));
        vm.warp(block.timestamp + IDENTIFIERS.REASSIGNMENT_DELAY());
        IDENTIFIERS.completeReassignment(nodes[node]);
        _holders[node] = address(0xA1 + (holder % 4));
    }

    function enrol(uint256 node, uint256 terminal, uint256 key) external {
        (node, terminal, key) = (node % 2, terminal % 2, key % KEYS);
        (TerminalRegistry.Enrolment memory e, bytes32 kid, bytes32 id) = enrolment(node, terminal, key);
        bytes memory proof = possession(key, e, kid);
        vm.prank(_holders[node]);
        try TERMINALS.enrol(e, proof) {
            if (_places[id] != 0) cheated = true;
            record(id, node, terminal, 0);
        } catch {
            require(_places[id] != 0, "an enrolment was refused");
        }
    }

    function rotate(uint256 which, uint256 key) external {
        if (_enrolled.length == 0) return;
        Expected storage old = _enrolled[which % _enrolled.length];
        key = key % KEYS;
        (TerminalRegistry.Enrolment memory e, bytes32 kid, bytes32 id) = enrolment(old.node, old.terminal, key);
        bytes memory proof = possession(key, e, kid);
        bool refused = old.until != 0 || _places[id] != 0;
        vm.prank(_holders[old.node]);
        try TERMINALS.rotate(e, proof, old.id, keccak256("last")) {
            if (refused) cheated = true;
            old.until = uint64(block.timestamp);
            record(id, old.node, old.terminal, old.id);
        } catch {
            require(refused, "a rotation was refused");
        }
    }

    function revoke(uint256 which, uint8 reason) external {
        if (_enrolled.length == 0) return;
        Expected storage key = _enrolled[which % _enrolled.length];
        bool refused = key.reason != 0 || reason == 0;
        vm.prank(_holders[key.node]);
        try TERMINALS.revoke(key.id, reason) {
            if (refused) cheated = true;
            key.reason = reason;
            if (key.until == 0) key.until = uint64(block.timestamp);
        } catch {
            require(refused, "a revocation was refused");
        }
    }

    /// @dev Anyone but the holder, former and future holders included.
    function intrude(uint160 stranger, uint256 which, uint256 key) external {
        uint256 node = which % 2;
        if (_enrolled.length != 0) node = _enrolled[which % _enrolled.length].node;
        address caller = address(0xA1 + (stranger % 5));
        if (caller == _holders[node]) return;
        key = key % KEYS;
        (TerminalRegistry.Enrolment memory e, bytes32 kid, ) = enrolment(node, key % 2, key);
        attempt(caller, abi.encodeCall(TERMINALS.enrol, (e, possession(key, e, kid))));
        if (_enrolled.length == 0) return;
        Expected storage old = _enrolled[which % _enrolled.length];
        (e, kid, ) = enrolment(node, old.terminal, key);
        attempt(caller, abi.encodeCall(TERMINALS.rotate, (e, possession(key, e, kid), old.id, 0)));
        attempt(caller, abi.encodeCall(TERMINALS.revoke, (old.id, 1)));
    }

    /// @dev The holder without the key; with a terminal of the other enterprise; for the other terminal's key.
    function cheat(uint256 node, uint256 which, uint256 key) external {
        (node, key) = (node % 2, key % KEYS);
        (TerminalRegistry.Enrolment memory e, bytes32 kid, ) = enrolment(node, 0, key);
        attempt(_holders[node], abi.encodeCall(TERMINALS.enrol, (e, possession((key + 1) % KEYS, e, kid))));
        e.sub = string.concat(_paths[1 - node], "/EQ-0");
        attempt(_holders[node], abi.encodeCall(TERMINALS.enrol, (e, possession(key, e, kid))));
        if (_enrolled.length == 0) return;
        Expected storage old = _enrolled[which % _enrolled.length];
        (e, kid, ) = enrolment(old.node, 1 - old.terminal, key);
        attempt(
            _holders[old.node], abi.encodeCall(TERMINALS.rotate, (e, possession(key, e, kid), old.id, 0))
        );
    }

    function enrolled() external view returns (Expected[] memory) {
        return _enrolled;
    }

    function attempt(address caller, bytes memory call) private {
        vm.prank(caller);
        (bool done, ) = address(TERMINALS).call(call);
        if (done) cheated = true;
    }

    function record(bytes32 id, uint256 node, uint256 terminal, bytes32 predecessor) private {
        _enrolled.push(
            Expected(id, node, terminal, uint64(block.timestamp), 0, 0, predecessor)
        );
        _places[id] = _enrolled.length;
    }

    function enrolment(
        uint256 node,
        uint256 terminal,
        uint256 key
    ) private view returns (TerminalRegistry.Enrolment memory e, bytes32 kid, bytes32 id) {
        string memory sub = string.concat(_paths[node], terminal == 0 ? "/EQ-0" : "/EQ-1");
        e = TerminalRegistry.Enrolment(_paths[node], sub, -7, _publicKeys[key], 1, keccak256("log"), 0);
        (bytes32 x, bytes32 y) = abi.decode(_publicKeys[key], (bytes32, bytes32));
        kid = sha256(abi.encodePacked(hex"a401022001215820", x, hex"225820", y));
        id = keccak256(abi.encode(e.iss, e.sub, kid));
    }

    function possession(
        uint256 key,
        TerminalRegistry.Enrolment memory e,
        bytes32 kid
    ) private view returns (bytes memory) {
        bytes32 hash = sha256(abi.encode(block.chainid, address(TERMINALS), e.iss, e.sub, kid));
        (bytes32 r, bytes32 s) = vm.signP256(key + 1, hash);
        return abi.encode(r, uint256(s) > P256_ORDER / 2 ? P256_ORDER - uint256(s) : uint256(s));
    }
}

/// @notice INV-06, INV-19, whatever the enterprises do in whatever order.
contract TerminalRegistryInvariantTest is Scene {
    Enterprises private enterprises;
    TerminalRegistry private terminals;

    function setUp() public {
        enterprises = new Enterprises();
        terminals = enterprises.TERMINALS();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(enterprises);
    }

    /// @notice INV-06: what was written once stays, and is the time of the block that wrote it.
    function invariant_a_life_begins_and_ends_with_its_blocks_and_never_changes() public view {
        Enterprises.Expected[] memory expected = enterprises.enrolled();
        for (uint256 i = 0; i < expected.length; ++i) {
            TerminalRegistry.Terminal memory t = terminals.terminal(expected[i].id);
            require(t.from != 0 && t.from == expected[i].from, "a beginning moved");
            require(t.until == expected[i].until, "an end moved");
            require(t.until == 0 || t.until >= t.from, "a key ended before it began");
            require(t.from <= block.timestamp && t.until <= block.timestamp, "a key's life is in the future");
            require(t.reason == expected[i].reason, "a revocation was undone or changed");
            require(t.reason == 0 || t.until != 0, "a revoked key is in force");
            require(t.predecessor == expected[i].predecessor, "a predecessor changed");
        }
    }

    /// @notice INV-06: a rotation leaves no gap and no overlap, so one key of a chain is in force at most.
    function invariant_a_predecessor_ended_when_its_successor_began() public view {
        Enterprises.Expected[] memory expected = enterprises.enrolled();
        for (uint256 i = 0; i < expected.length; ++i) {
            TerminalRegistry.Terminal memory t = terminals.terminal(expected[i].id);
            if (t.predecessor == 0) continue;
            TerminalRegistry.Terminal memory old = terminals.terminal(t.predecessor);
            require(old.until == t.from, "two keys of a chain, or none, at one time");
            require(old.node == t.node && old.subHash == t.subHash && old.class == t.class, "a chain left its terminal");
            for (uint256 k = 0; k < i; ++k) {
                require(expected[k].predecessor != t.predecessor, "a key has two successors");
            }
        }
    }

    /// @notice INV-19: every enrolment was made by its node's holder with the key in hand, and is listed once.
    function invariant_the_list_of_a_node_is_what_its_holders_enrolled() public view {
        require(!enterprises.cheated(), "what must be refused was accepted");
        Enterprises.Expected[] memory expected = enterprises.enrolled();
        for (uint256 node = 0; node < 2; ++node) {
            bytes32[] memory ids = terminals.terminalsOf(enterprises.nodes(node));
            uint256 count;
            for (uint256 i = 0; i < expected.length; ++i) {
                if (expected[i].node != node) continue;
                require(count < ids.length && ids[count++] == expected[i].id, "an enrolment is missing or moved");
                for (uint256 k = 0; k < i; ++k) require(expected[k].id != expected[i].id, "an id was enrolled twice");
            }
            require(count == ids.length, "an enrolment that nobody made");
        }
    }
}
