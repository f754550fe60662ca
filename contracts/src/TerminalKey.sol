// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

/// @title Keys of terminals
/// @notice Key identifiers (RFC 9679 thumbprints) and the proof that an enrolled key is in its owner's hands.
library TerminalKey {
    /// @notice ECDSA with SHA-256 on P-256; the proof is checked on chain.
    int32 internal constant ES256 = -7;
    /// @notice Ed25519; the proof travels in the event and is checked by every reader.
    int32 internal constant EDDSA = -8;
    /// @notice SM2 with SM3; as for Ed25519.
    int32 internal constant SM2 = -65537;

    /// @notice The algorithm is not ES256, EdDSA or SM2.
    error TerminalKeyAlgorithm(int32 alg);
    /// @notice The public key has the wrong length, or is not a point of the curve (P-256).
    error TerminalKeyMalformed(int32 alg, bytes publicKey);
    /// @notice The proof has not 64 bytes, or is not the key's signature (P-256).
    error TerminalKeyNoPossession(bytes32 kid);

    /// @notice RFC 9679: SHA-256 over the deterministic COSE_Key {kty, crv, x[, y]}.
    /// @param publicKey x‖y (ES256, SM2) or the 32 bytes of Ed25519
    function thumbprint(int32 alg, bytes calldata publicKey) internal pure returns (bytes32) {
        if (alg == EDDSA) {
            if (publicKey.length != 32) revert TerminalKeyMalformed(alg, publicKey);
            return sha256(abi.encodePacked(hex"a301012006215820", publicKey));
        }
        bytes memory head;
        if (alg == ES256) head = hex"a401022001215820";
        else if (alg == SM2) head = hex"a40102203a00010000215820";
        else revert TerminalKeyAlgorithm(alg);
        if (publicKey.length != 64) revert TerminalKeyMalformed(alg, publicKey);
        return sha256(abi.encodePacked(head, publicKey[:32], hex"225820", publicKey[32:]));
    }

    /// @notice `thumbprint` of a P-256 key for ES256 whose coordinates stand apart.
    function p256Thumbprint(bytes32 x, bytes32 y) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"a401022001215820", x, hex"225820", y));
    }

    /// @notice Reverts unless `proof` can be the new key's signature over SHA-256(`message`).
    /// @dev ES256 signatures are r‖s with a low s, and verified here; others only have their length checked.
    function checkPossession(
        int32 alg,
        bytes calldata publicKey,
        bytes32 kid,
        bytes memory message,
        bytes calldata proof
    ) internal view {
        if (proof.length != 64) revert TerminalKeyNoPossession(kid);
        if (alg != ES256) return;
        bytes32 x = bytes32(publicKey[:32]);
        bytes32 y = bytes32(publicKey[32:]);
        if (!P256.isValidPublicKey(x, y)) revert TerminalKeyMalformed(alg, publicKey);
        if (!P256.verify(sha256(message), bytes32(proof[:32]), bytes32(proof[32:]), x, y)) {
            revert TerminalKeyNoPossession(kid);
        }
    }
}
