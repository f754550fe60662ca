// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Accreditations} from "./Accreditations.sol";
import {AnchorLog} from "./AnchorLog.sol";
import {IdentifierPath} from "./IdentifierPath.sol";
import {IdentifierRegistry} from "./IdentifierRegistry.sol";
import {RuleRegistry} from "./RuleRegistry.sol";
import {Statement} from "./Statement.sol";

/// @title What a statement must fulfil by itself
/// @notice Everything that is refused at minting but for what concerns earlier certificates.
abstract contract MintRules is Accreditations {
    /// @notice Emission statement.
    uint8 public constant EMISSION_STATEMENT = 1;
    /// @notice Enterprise carbon efficiency.
    uint8 public constant CARBON_EFFICIENCY = 2;
    /// @notice Product footprint.
    uint8 public constant PRODUCT_FOOTPRINT = 3;

    uint256 private constant ALL = 10_000;
    /// @dev As `ProductLedger.LIMIT`.
    uint256 private constant LIMIT = 1 << 80;

    /// @notice The tree of nodes.
    IdentifierRegistry public immutable IDENTIFIERS;
    /// @notice The anchored logs.
    AnchorLog public immutable ANCHORS;
    /// @notice The published rules.
    RuleRegistry public immutable RULES;
    /// @notice Whether statements without a verifier's report are minted here.
    bool public immutable DEMO;

    /// @notice Only the recipient submits.
    error CertificateRegistryNotRecipient(address recipient, address caller);
    /// @notice The deadline for submitting has passed.
    error CertificateRegistryTooLate(uint64 submitBefore);
    /// @notice A field of the statement is out of its range, or does not fit the others.
    error CertificateRegistryField(string field);
    /// @notice The identifier does not lie under the enterprise, or its leaf is not the subject.
    error CertificateRegistryWrongIdentifier(string identifier);
    /// @notice The recipient does not hold the enterprise's node.
    error CertificateRegistryNotHolder(bytes32 enterprise, address recipient);
    /// @notice The address has no accreditation for this role and method at this time.
    error CertificateRegistryNotAccredited(address who, uint8 role);
    /// @notice Enterprise, evaluator and verifier are not three organisations.
    error CertificateRegistrySameOrganisation(bytes32 organisation);
    /// @notice No rule of this kind is published under this hash for the whole period.
    error CertificateRegistryUnpublished(uint8 kind, bytes32 hash);
    /// @notice No head of this size was anchored in this log.
    error CertificateRegistryNotAnchored(bytes32 logId, uint64 treeSize);
    /// @notice The signature is not this signer's over the statement's digest.
    error CertificateRegistrySignature(address signer);

    constructor(IdentifierRegistry identifiers, AnchorLog anchors, RuleRegistry rules, bool demo) {
        IDENTIFIERS = identifiers;
        ANCHORS = anchors;
        RULES = rules;
        DEMO = demo;
    }

    function _checkStatement(Statement calldata s) internal view {
        if (msg.sender != s.recipient) revert CertificateRegistryNotRecipient(s.recipient, msg.sender);
        if (block.timestamp > s.submitBefore) revert CertificateRegistryTooLate(s.submitBefore);
        _checkFields(s);
        _checkFigures(s);
        _checkEnterprise(s);
        _checkOrganisations(s);
        _checkRules(s);
        if (ANCHORS.headHash(s.logId, s.treeSize) == 0) revert CertificateRegistryNotAnchored(s.logId, s.treeSize);
    }

    /// @dev The address's own key first, then ERC-1271: a plain account costs no look at its code.
    function _checkSignature(address signer, bytes32 digest, bytes calldata signature) internal view {
        (address recovered, ECDSA.RecoverError fault, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (fault == ECDSA.RecoverError.NoError && recovered == signer) return;
        if (!SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature)) {
            revert CertificateRegistrySignature(signer);
        }
    }

    function _checkFields(Statement calldata s) private view {
        if (s.kind < EMISSION_STATEMENT || s.kind > PRODUCT_FOOTPRINT) _refuse("kind");
        if (s.periodStart >= s.periodEnd) _refuse("periodStart");
        if (s.periodEnd > block.timestamp) _refuse("periodEnd");
        if (s.validUntil <= block.timestamp) _refuse("validUntil");
        if (s.opinion == 0 && !DEMO) _refuse("opinion");
        if (s.site == 0) _refuse("site");
        if (s.evidenceRoot == 0) _refuse("evidenceRoot");
        if (s.resultHash == 0) _refuse("resultHash");
    }

    function _checkFigures(Statement calldata s) private pure {
        bool product = s.kind == PRODUCT_FOOTPRINT;
        if (s.scheme == 0 && (s.kind == CARBON_EFFICIENCY || s.grade != 0 || s.gradeValue != 0)) _refuse("scheme");
        if (s.footprint >= (product ? LIMIT : 1)) _refuse("footprint");
        if (s.quantity >= (product ? LIMIT : 1)) _refuse("quantity");
        if (s.upstreamRoot != 0 && !product) _refuse("upstreamRoot");
        if (s.coverage > ALL) _refuse("coverage");
        if (uint256(s.metered) + s.declared + s.defaulted + s.estimated > ALL) _refuse("metered");
    }

    function _refuse(string memory field) private pure {
        revert CertificateRegistryField(field);
    }

    function _checkEnterprise(Statement calldata s) private view {
        (bytes32 node, bytes32 leaf) = IdentifierPath.leafOf(s.identifier);
        if (node != s.enterprise || leaf != s.subject) revert CertificateRegistryWrongIdentifier(s.identifier);
        if (IDENTIFIERS.holderOf(node) != s.recipient) revert CertificateRegistryNotHolder(node, s.recipient);
    }

    /// @dev The enterprise's organisation is its node; a recipient that is accredited itself must not lend its
    /// organisation to another party either.
    function _checkOrganisations(Statement calldata s) private view {
        if (!_isAccredited(s.evaluator, EVALUATOR, s.method)) {
            revert CertificateRegistryNotAccredited(s.evaluator, EVALUATOR);
        }
        if (!_isAccredited(s.verifier, VERIFIER, s.method)) {
            revert CertificateRegistryNotAccredited(s.verifier, VERIFIER);
        }
        bytes32 evaluator = organisationOf(s.evaluator);
        bytes32 verifier = organisationOf(s.verifier);
        bytes32 recipient = organisationOf(s.recipient);
        if (evaluator == verifier || evaluator == s.enterprise || evaluator == recipient) {
            revert CertificateRegistrySameOrganisation(evaluator);
        }
        if (verifier == s.enterprise || verifier == recipient) revert CertificateRegistrySameOrganisation(verifier);
    }

    function _checkRules(Statement calldata s) private view {
        bytes32[5] memory hashes = [s.method, s.factors, s.scheme, s.benchmarks, s.template];
        uint8 kind = RULES.firstUnpublished(hashes, s.periodStart, s.periodEnd);
        if (kind != 0) revert CertificateRegistryUnpublished(kind, hashes[kind - 1]);
    }
}
