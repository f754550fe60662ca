// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {AnchorLog} from "./AnchorLog.sol";
import {FrameBytes} from "./FrameBytes.sol";
import {TerminalKey} from "./TerminalKey.sol";
import {TerminalRegistry} from "./TerminalRegistry.sol";

/// @title Signed readings, proven to other contracts
/// @notice Answers for one frame of readings that an enrolled meter signed it with ES256, that its log holds it under
/// an anchored head, and that the key was in force at that time. It does not interpret the readings, and it knows
/// nothing of the key's other frames: gaps, forks and lateness are for an evaluation.
contract ReadingVerifier {
    /// @notice Where a frame stands in its log.
    /// @param head an anchored head that includes it, directly after the head of `previousSize`
    /// @param index its leaf
    /// @param path RFC 9162 inclusion path, from the leaf upwards
    struct Place {
        AnchorLog.Head head;
        uint64 previousSize;
        uint64 index;
        bytes32[] path;
    }

    /// @notice The class of keys that vouch for readings.
    uint8 public constant METER = 1;
    /// @notice Seconds by which the clocks of terminal and chain may differ.
    uint64 public constant SKEW = 300;

    /// @notice The enrolled keys.
    TerminalRegistry public immutable TERMINALS;
    /// @notice The anchored logs.
    AnchorLog public immutable ANCHORS;
    /// @notice Whether the chain's P-256 precompile (EIP-7951) told a true signature from a false one when this
    /// contract was made; otherwise signatures are verified in Solidity.
    bool public immutable PRECOMPILE;

    /// @notice kid is not the thumbprint of the key given.
    error ReadingVerifierKey(bytes32 kid, bytes32 thumbprint);
    /// @notice No such key is enrolled for iss and sub.
    error ReadingVerifierUnknown(bytes32 terminal);
    /// @notice The key's class is not that of a meter.
    error ReadingVerifierClass(bytes32 terminal, uint8 class);
    /// @notice The head was anchored before the key was enrolled.
    error ReadingVerifierNotYet(bytes32 terminal, uint64 from, uint64 time);
    /// @notice The key had been rotated or revoked when the head was anchored.
    error ReadingVerifierEnded(bytes32 terminal, uint64 until, uint64 time);
    /// @notice The meter's calibration had run out when the head was anchored.
    error ReadingVerifierCalibration(bytes32 terminal, uint64 due, uint64 time);
    /// @notice The frame claims to have been signed after its anchoring, or before its key's enrolment.
    error ReadingVerifierTime(uint256 iat, uint64 from, uint64 time);
    /// @notice s is in the high half: a second form of the signature would be a second digest.
    error ReadingVerifierHighS();
    /// @notice The signature is not this key's over these bytes.
    error ReadingVerifierSignature();
    /// @notice The head was not anchored in the key's log, or the path does not lead to it.
    error ReadingVerifierNotIncluded(bytes32 logId, bytes32 digest);

    /// @param terminals the enrolled keys
    /// @param anchors the anchored logs
    constructor(TerminalRegistry terminals, AnchorLog anchors) {
        TERMINALS = terminals;
        ANCHORS = anchors;
        PRECOMPILE = _probe();
    }

    /// @notice Reverts unless the frame is an enrolled meter's and anchored.
    /// @param frame the whole tagged COSE_Sign1, at most 4,096 bytes
    /// @param x the key's point on P-256; the registry has emitted both coordinates
    /// @param y the other coordinate
    /// @param place where the frame stands in the log that its key is enrolled for
    /// @return digest SHA-256 of the frame: its identity
    /// @return terminal the enrolment's id in the terminal registry
    /// @return payload the SenML pack in CBOR, as it was signed
    function verify(
        bytes calldata frame,
        bytes32 x,
        bytes32 y,
        Place calldata place
    ) external view returns (bytes32 digest, bytes32 terminal, bytes memory payload) {
        FrameBytes.Cut memory cut = FrameBytes.cut(frame);
        bytes32 thumbprint = TerminalKey.p256Thumbprint(x, y);
        if (cut.kid != thumbprint) revert ReadingVerifierKey(cut.kid, thumbprint);
        terminal = FrameBytes.terminalOf(frame, cut);
        bytes32 logId = _checkLifetime(terminal, cut.iat, place.head.time);
        (bytes32 r, bytes32 s) = FrameBytes.signature(frame);
        _checkSignature(FrameBytes.signedHash(frame, cut), r, s, x, y);
        digest = sha256(frame);
        if (!ANCHORS.verifyInclusion(logId, place.head, place.previousSize, place.index, digest, place.path)) {
            revert ReadingVerifierNotIncluded(logId, digest);
        }
        payload = frame[cut.payloadAt:cut.payloadEnd];
    }

    /// @dev What the chain says of a key at the time of a head. `time` is believed once the head is found anchored.
    function _checkLifetime(bytes32 terminal, uint256 iat, uint64 time) private view returns (bytes32 logId) {
        TerminalRegistry.Lifetime memory life = TERMINALS.lifetime(terminal);
        if (life.from == 0) revert ReadingVerifierUnknown(terminal);
        if (life.class != METER) revert ReadingVerifierClass(terminal, life.class);
        if (time < life.from) revert ReadingVerifierNotYet(terminal, life.from, time);
        if (life.until != 0 && time >= life.until) revert ReadingVerifierEnded(terminal, life.until, time);
        if (life.calibrationDue != 0 && time > life.calibrationDue) {
            revert ReadingVerifierCalibration(terminal, life.calibrationDue, time);
        }
        if (iat + SKEW < life.from || iat > uint256(time) + SKEW) revert ReadingVerifierTime(iat, life.from, time);
        return life.logId;
    }

    function _checkSignature(bytes32 hash, bytes32 r, bytes32 s, bytes32 x, bytes32 y) private view {
        if (uint256(s) > P256.N / 2) revert ReadingVerifierHighS();
        bool valid = PRECOMPILE ? P256.verify(hash, r, s, x, y) : P256.verifySolidity(hash, r, s, x, y);
        if (!valid) revert ReadingVerifierSignature();
    }

    /// @dev Two known answers before anything is believed. With secret 1 and nonce 1 the key is the generator, r its x
    /// and s = hash + r: true for the hash 1, and with the same s false for the hash 2.
    function _probe() private view returns (bool) {
        return _answersTrue(1) && !_answersTrue(2);
    }

    /// @dev On a chain without the precompile the call succeeds and answers nothing.
    function _answersTrue(uint256 hash) private view returns (bool) {
        bytes memory question = abi.encode(hash, P256.GX, P256.GX + 1, P256.GX, P256.GY);
        (bool done, bytes memory answer) = address(0x100).staticcall(question);
        return done && answer.length == 32 && bytes32(answer) == bytes32(uint256(1));
    }
}
