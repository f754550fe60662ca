// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IdentifierPath} from "./IdentifierPath.sol";
import {IdentifierRegistry} from "./IdentifierRegistry.sol";
import {TerminalKey} from "./TerminalKey.sol";

/// @title Terminals and their keys
/// @notice Which key signs for which terminal of which enterprise, into which log, from when until when. A key's life
/// is told by blocks: it begins with the enrolling block and ends with the rotating or revoking one, never earlier.
/// @dev Only the holder of the enterprise's node acts here; no role can stop a revocation.
contract TerminalRegistry {
    /// @notice A key to enrol.
    /// @param iss the enterprise's path, such as `88.118.20260`
    /// @param sub the terminal's identifier, `iss`/suffix
    /// @param alg COSE algorithm: -7 ES256, -8 EdDSA (Ed25519), -65537 SM2
    /// @param publicKey x‖y, or the 32 bytes of Ed25519
    /// @param class 1 meter, 2 officer, 3 laboratory, 4 verifier
    /// @param logId the log that this key's frames must be in
    /// @param calibrationDue Unix second after which readings are no longer metered; 0 for none
    struct Enrolment {
        string iss;
        string sub;
        int32 alg;
        bytes publicKey;
        uint8 class;
        bytes32 logId;
        uint64 calibrationDue;
    }

    /// @notice An enrolled key; `from` is 0 for one that never was.
    /// @param until when it was rotated out or revoked, whichever came first; 0 while it is in force
    /// @param reason why it was revoked; 0 if it was not
    /// @param predecessor the key that it replaced; 0 for a first key
    /// @param lastDigest the last final frame of the predecessor
    /// @param keyHash keccak256(publicKey)
    /// @param subHash keccak256(sub)
    struct Terminal {
        bytes32 node;
        bytes32 kid;
        bytes32 logId;
        uint64 from;
        uint64 until;
        uint64 calibrationDue;
        int32 alg;
        uint8 class;
        uint8 reason;
        bytes32 predecessor;
        bytes32 lastDigest;
        bytes32 keyHash;
        bytes32 subHash;
    }

    /// @notice What a frame is judged by; the fields of `Terminal` that say when, where and for what a key signs.
    struct Lifetime {
        bytes32 logId;
        uint64 from;
        uint64 until;
        uint64 calibrationDue;
        uint8 class;
    }

    /// @notice The tree of nodes whose holders enrol.
    IdentifierRegistry public immutable IDENTIFIERS;

    mapping(bytes32 id => Terminal) private _terminals;
    mapping(bytes32 node => bytes32[]) private _ids;

    /// @notice A key is in force from this block on; one that names a predecessor ended it with this block.
    event TerminalEnrolled(
        bytes32 indexed id,
        bytes32 indexed node,
        bytes32 indexed kid,
        string iss,
        string sub,
        int32 alg,
        bytes publicKey,
        uint8 class,
        bytes32 logId,
        uint64 calibrationDue,
        bytes proof,
        bytes32 predecessor,
        bytes32 lastDigest
    );
    /// @notice A key must not be trusted from this block on.
    event TerminalRevoked(bytes32 indexed id, uint8 reason);

    /// @notice `caller` does not hold the enterprise's node.
    error TerminalRegistryNotHolder(bytes32 node, address caller);
    /// @notice The terminal's identifier does not lie under its enterprise.
    error TerminalRegistryForeignSub(string iss, string sub);
    /// @notice The class is not one of 1 to 4.
    error TerminalRegistryClass(uint8 class);
    /// @notice A key's log must be named.
    error TerminalRegistryNoLog();
    /// @notice This key was enrolled for this terminal before, and never can be again.
    error TerminalRegistryEnrolled(bytes32 id);
    /// @notice No such enrolment.
    error TerminalRegistryUnknown(bytes32 id);
    /// @notice The key to be replaced has ended already.
    error TerminalRegistryEnded(bytes32 id);
    /// @notice The key to be replaced belongs to another terminal or has another class.
    error TerminalRegistryOtherTerminal(bytes32 predecessor);
    /// @notice The key was revoked before.
    error TerminalRegistryRevoked(bytes32 id);
    /// @notice A revocation has a reason other than 0.
    error TerminalRegistryNoReason();

    /// @param identifiers the tree of nodes
    constructor(IdentifierRegistry identifiers) {
        IDENTIFIERS = identifiers;
    }

    /// @notice Enrols a terminal's key from this block on.
    /// @param proof the new key's signature over SHA-256(abi.encode(chain id, this contract, iss, sub, kid)); checked
    /// here for ES256, by every reader of the event otherwise
    /// @return id keccak256(abi.encode(iss, sub, kid))
    function enrol(Enrolment calldata e, bytes calldata proof) external returns (bytes32 id) {
        return _enrol(e, proof, 0, 0);
    }

    /// @notice Replaces a terminal's key: `predecessor` ends and the new key begins with this block.
    /// @param predecessor the id of the key to end: same terminal, same class, still in force
    /// @param lastDigest digest of the predecessor's last final frame, which the new key's first frame names; 0 if none
    function rotate(
        Enrolment calldata e,
        bytes calldata proof,
        bytes32 predecessor,
        bytes32 lastDigest
    ) external returns (bytes32 id) {
        Terminal storage old = _terminals[predecessor];
        if (old.from == 0) revert TerminalRegistryUnknown(predecessor);
        if (old.until != 0) revert TerminalRegistryEnded(predecessor);
        if (old.subHash != keccak256(bytes(e.sub)) || old.class != e.class) {
            revert TerminalRegistryOtherTerminal(predecessor);
        }
        old.until = uint64(block.timestamp);
        return _enrol(e, proof, predecessor, lastDigest);
    }

    /// @notice Ends a key with this block, or marks one that was rotated out. Frames that an earlier head holds stand.
    /// @param reason 1–255, told apart by its readers
    function revoke(bytes32 id, uint8 reason) external {
        Terminal storage terminal_ = _terminals[id];
        if (terminal_.from == 0) revert TerminalRegistryUnknown(id);
        _checkHolder(terminal_.node);
        if (reason == 0) revert TerminalRegistryNoReason();
        if (terminal_.reason != 0) revert TerminalRegistryRevoked(id);
        terminal_.reason = reason;
        if (terminal_.until == 0) terminal_.until = uint64(block.timestamp);
        emit TerminalRevoked(id, reason);
    }

    /// @notice One enrolment.
    function terminal(bytes32 id) external view returns (Terminal memory) {
        return _terminals[id];
    }

    /// @notice The part of an enrolment that a frame is judged by, for contracts: two slots instead of eight.
    function lifetime(bytes32 id) external view returns (Lifetime memory) {
        Terminal storage t = _terminals[id];
        return Lifetime(t.logId, t.from, t.until, t.calibrationDue, t.class);
    }

    /// @notice All enrolments under an enterprise's node, in their order.
    function terminalsOf(bytes32 node) external view returns (bytes32[] memory ids) {
        return _ids[node];
    }

    function _enrol(
        Enrolment calldata e,
        bytes calldata proof,
        bytes32 predecessor,
        bytes32 lastDigest
    ) private returns (bytes32 id) {
        bytes32 node = _checkParties(e);
        bytes32 kid = _checkKey(e, proof);
        id = keccak256(abi.encode(e.iss, e.sub, kid));
        if (_terminals[id].from != 0) revert TerminalRegistryEnrolled(id);

        Terminal memory entry = Terminal({
            node: node,
            kid: kid,
            logId: e.logId,
            from: uint64(block.timestamp),
            until: 0,
            calibrationDue: e.calibrationDue,
            alg: e.alg,
            class: e.class,
            reason: 0,
            predecessor: predecessor,
            lastDigest: lastDigest,
            keyHash: keccak256(e.publicKey),
            subHash: keccak256(bytes(e.sub))
        });
        _terminals[id] = entry;
        _ids[node].push(id);
        _announce(id, entry, e, proof);
    }

    function _checkParties(Enrolment calldata e) private view returns (bytes32 node) {
        node = IdentifierPath.nodeOf(e.iss);
        _checkHolder(node);
        (bytes32 owner, ) = IdentifierPath.leafOf(e.sub);
        if (owner != node) revert TerminalRegistryForeignSub(e.iss, e.sub);
        if (e.class == 0 || e.class > 4) revert TerminalRegistryClass(e.class);
        if (e.logId == 0) revert TerminalRegistryNoLog();
    }

    function _checkKey(Enrolment calldata e, bytes calldata proof) private view returns (bytes32 kid) {
        kid = TerminalKey.thumbprint(e.alg, e.publicKey);
        bytes memory message = abi.encode(block.chainid, address(this), e.iss, e.sub, kid);
        TerminalKey.checkPossession(e.alg, e.publicKey, kid, message, proof);
    }

    /// @dev From memory, because the arguments are more than the stack holds.
    function _announce(bytes32 id, Terminal memory t, Enrolment memory e, bytes memory proof) private {
        emit TerminalEnrolled(
            id, t.node, t.kid, e.iss, e.sub, e.alg, e.publicKey, e.class, e.logId, e.calibrationDue, proof,
            t.predecessor, t.lastDigest
        );
    }

    function _checkHolder(bytes32 node) private view {
        if (IDENTIFIERS.holderOf(node) != msg.sender) revert TerminalRegistryNotHolder(node, msg.sender);
    }
}
