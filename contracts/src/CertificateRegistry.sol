// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AnchorLog} from "./AnchorLog.sol";
import {BoundToken} from "./BoundToken.sol";
import {IdentifierPath} from "./IdentifierPath.sol";
import {IdentifierRegistry} from "./IdentifierRegistry.sol";
import {MintRules} from "./MintRules.sol";
import {ProductLedger} from "./ProductLedger.sol";
import {RuleRegistry} from "./RuleRegistry.sol";
import {Statement, StatementHash} from "./Statement.sol";
import {Input} from "./Upstream.sol";

/// @title Certificates
/// @notice ERC-721 tokens that cannot move, one per statement that the enterprise, an evaluator and a verifier of
/// three organisations signed. The token's number is the statement's EIP-712 digest; the whole statement is in the
/// event of its minting, the part that a page shows is in storage.
contract CertificateRegistry is MintRules, BoundToken, EIP712 {
    /// @notice Status of a token; EXPIRED is never stored but follows from `validUntil`.
    uint8 public constant ACTIVE = 1;
    uint8 public constant SUSPENDED = 2;
    uint8 public constant REVOKED = 3;
    uint8 public constant SUPERSEDED = 4;
    uint8 public constant EXPIRED = 5;

    /// @dev Two slots of figures, the parties, and what an overlap is judged by.
    struct Certificate {
        uint8 status;
        uint8 kind;
        uint8 grade;
        uint8 assurance;
        uint16 coverage;
        uint64 gradeValue;
        uint64 mintedAt;
        uint64 validUntil;
        uint128 footprint;
        uint64 periodStart;
        uint64 periodEnd;
        address evaluator;
        address verifier;
        bytes32 subject;
        bytes32 series;
    }

    /// @notice What a page shows of a certificate.
    /// @dev `upstream` is `ProductLedger.upstreamOf`: 3 when something that the product was made of was revoked since.
    struct Check {
        uint256 tokenId;
        uint8 status;
        uint8 kind;
        uint8 grade;
        uint64 gradeValue;
        uint128 footprint;
        uint64 periodStart;
        uint64 periodEnd;
        uint64 validUntil;
        uint64 mintedAt;
        address recipient;
        address evaluator;
        address verifier;
        uint16 coverage;
        uint8 assurance;
        uint8 upstream;
    }

    /// @notice The ledger of certified goods that this registry's mints fill.
    ProductLedger public immutable PRODUCTS;

    mapping(uint256 tokenId => Certificate) private _certificates;
    /// @dev The newest token of a subject.
    mapping(bytes32 subject => uint256 tokenId) private _newest;
    /// @dev Tokens whose periods are taken, by subject, kind, method and scheme, or by subject and kind for goods on
    /// the product ledger: neither revoked nor superseded.
    mapping(bytes32 series => uint256[] tokenIds) private _series;
    /// @dev Who proposed a revocation; 0 if nobody.
    mapping(uint256 tokenId => address) private _proposers;

    /// @notice A certificate was minted.
    event CertificateMinted(
        uint256 indexed tokenId, bytes32 indexed subject, bytes32 indexed enterprise, Statement statement
    );
    /// @notice A certificate was replaced by its successor.
    event CertificateSuperseded(uint256 indexed tokenId, uint256 indexed successor);
    /// @notice A certificate must not be relied on until it is reinstated.
    event CertificateSuspended(uint256 indexed tokenId, address indexed actor, string reason);
    /// @notice A suspension ended.
    event CertificateReinstated(uint256 indexed tokenId, address indexed actor, string reason);
    /// @notice One account wants a certificate revoked.
    event RevocationProposed(uint256 indexed tokenId, address indexed actor, string reason);
    /// @notice The proposal was taken back.
    event RevocationWithdrawn(uint256 indexed tokenId, address indexed actor);
    /// @notice A second account confirmed: the certificate is revoked for good.
    event CertificateRevoked(uint256 indexed tokenId, address indexed proposer, address indexed actor, string reason);

    /// @notice This statement was minted before; its number is never used again.
    error CertificateRegistryMinted(uint256 tokenId);
    /// @notice The period overlaps that of a certificate of the same subject, kind, method and scheme.
    error CertificateRegistryOverlap(uint256 tokenId);
    /// @notice The token to supersede is not of the same subject and kind with an overlapping period.
    error CertificateRegistryWrongPredecessor(uint256 tokenId);
    /// @notice The token's status does not allow this.
    error CertificateRegistryStatus(uint256 tokenId, uint8 status);
    /// @notice Every change of status has a reason.
    error CertificateRegistryNoReason();
    /// @notice A revocation is being proposed already.
    error CertificateRegistryProposed(uint256 tokenId, address proposer);
    /// @notice Nothing was proposed.
    error CertificateRegistryNotProposed(uint256 tokenId);
    /// @notice Who proposed a revocation cannot confirm it.
    error CertificateRegistrySameActor(uint256 tokenId, address actor);

    /// @param authority the AccessManager; accreditor: `accredit`, `endAccreditation`; suspender: `suspend`,
    /// `reinstate`; revoker: `proposeRevocation`, `withdrawRevocation`, `confirmRevocation`
    /// @param identifiers the tree of nodes
    /// @param anchors the anchored logs
    /// @param rules the published rules
    /// @param demo whether statements without a verifier's report are minted here, for good
    constructor(
        address authority,
        IdentifierRegistry identifiers,
        AnchorLog anchors,
        RuleRegistry rules,
        bool demo
    )
        AccessManaged(authority)
        MintRules(identifiers, anchors, rules, demo)
        ERC721("carbon-ledger certificate", "CARBON")
        EIP712("carbon-ledger", "1")
    {
        PRODUCTS = new ProductLedger();
    }

    /// @notice Mints the certificate of a statement to its recipient, who is the caller.
    /// @param enterpriseSignature the recipient's over `digest(s)`: its declaration of truth, its consent to publish
    /// @param evaluatorSignature the evaluator's over the same digest
    /// @param verifierSignature the verifier's; contract wallets answer by ERC-1271
    /// @return tokenId the digest
    function mint(
        Statement calldata s,
        bytes calldata enterpriseSignature,
        bytes calldata evaluatorSignature,
        bytes calldata verifierSignature
    ) external returns (uint256 tokenId) {
        tokenId = _mintSigned(s, enterpriseSignature, evaluatorSignature, verifierSignature);
        if (s.kind == PRODUCT_FOOTPRINT) PRODUCTS.record(tokenId, s, new Input[](0));
    }

    /// @notice As `mint`, for a product that is made of certified ones: burns them on the product ledger.
    /// @param inputs the recipient's units to which `s.upstreamRoot` commits, by ascending id
    function mintProduct(
        Statement calldata s,
        bytes calldata enterpriseSignature,
        bytes calldata evaluatorSignature,
        bytes calldata verifierSignature,
        Input[] calldata inputs
    ) external returns (uint256 tokenId) {
        if (s.kind != PRODUCT_FOOTPRINT) revert CertificateRegistryField("kind");
        tokenId = _mintSigned(s, enterpriseSignature, evaluatorSignature, verifierSignature);
        PRODUCTS.record(tokenId, s, inputs);
    }

    /// @notice Suspends an active or expired certificate.
    function suspend(uint256 tokenId, string calldata reason) external restricted {
        _move(tokenId, ACTIVE, SUSPENDED, reason);
        emit CertificateSuspended(tokenId, msg.sender, reason);
    }

    /// @notice Ends a suspension.
    function reinstate(uint256 tokenId, string calldata reason) external restricted {
        _move(tokenId, SUSPENDED, ACTIVE, reason);
        emit CertificateReinstated(tokenId, msg.sender, reason);
    }

    /// @notice Proposes to revoke a certificate; another account must confirm.
    function proposeRevocation(uint256 tokenId, string calldata reason) external restricted {
        if (bytes(reason).length == 0) revert CertificateRegistryNoReason();
        _requireStanding(tokenId);
        if (_proposers[tokenId] != address(0)) revert CertificateRegistryProposed(tokenId, _proposers[tokenId]);
        _proposers[tokenId] = msg.sender;
        emit RevocationProposed(tokenId, msg.sender, reason);
    }

    /// @notice Takes a proposal back.
    function withdrawRevocation(uint256 tokenId) external restricted {
        if (_proposers[tokenId] == address(0)) revert CertificateRegistryNotProposed(tokenId);
        delete _proposers[tokenId];
        emit RevocationWithdrawn(tokenId, msg.sender);
    }

    /// @notice Confirms another account's proposal; the certificate is revoked for good and its period is free.
    function confirmRevocation(uint256 tokenId, string calldata reason) external restricted {
        if (bytes(reason).length == 0) revert CertificateRegistryNoReason();
        address proposer = _proposers[tokenId];
        if (proposer == address(0)) revert CertificateRegistryNotProposed(tokenId);
        if (proposer == msg.sender) revert CertificateRegistrySameActor(tokenId, msg.sender);
        _requireStanding(tokenId);
        delete _proposers[tokenId];
        _certificates[tokenId].status = REVOKED;
        _leaveSeries(tokenId);
        emit CertificateRevoked(tokenId, proposer, msg.sender, reason);
    }

    /// @notice The EIP-712 digest that the three parties sign.
    function digest(Statement calldata s) external view returns (bytes32) {
        return _hashTypedDataV4(StatementHash.hash(s));
    }

    /// @notice 0 none, 1 active, 2 suspended, 3 revoked, 4 superseded, 5 expired.
    function statusOf(uint256 tokenId) public view returns (uint8) {
        Certificate storage c = _certificates[tokenId];
        return c.status == ACTIVE && block.timestamp >= c.validUntil ? EXPIRED : c.status;
    }

    /// @notice The newest certificate of an identifier, for a page; all zero if there is none.
    function check(string calldata identifier) external view returns (Check memory) {
        (, bytes32 subject) = IdentifierPath.leafOf(identifier);
        return checkToken(_newest[subject]);
    }

    /// @notice One certificate, for a page; all zero if there is none.
    function checkToken(uint256 tokenId) public view returns (Check memory) {
        Certificate memory c = _certificates[tokenId];
        return Check({
            tokenId: tokenId,
            status: statusOf(tokenId),
            kind: c.kind,
            grade: c.grade,
            gradeValue: c.gradeValue,
            footprint: c.footprint,
            periodStart: c.periodStart,
            periodEnd: c.periodEnd,
            validUntil: c.validUntil,
            mintedAt: c.mintedAt,
            recipient: _ownerOf(tokenId),
            evaluator: c.evaluator,
            verifier: c.verifier,
            coverage: c.coverage,
            assurance: c.assurance,
            upstream: c.kind == PRODUCT_FOOTPRINT ? PRODUCTS.upstreamOf(tokenId) : 0
        });
    }

    /// @notice ERC-165.
    function supportsInterface(bytes4 interfaceId) public view override(BoundToken) returns (bool) {
        return super.supportsInterface(interfaceId);
    }

    function _mintSigned(
        Statement calldata s,
        bytes calldata enterpriseSignature,
        bytes calldata evaluatorSignature,
        bytes calldata verifierSignature
    ) private returns (uint256 tokenId) {
        _checkStatement(s);
        bytes32 hash = _hashTypedDataV4(StatementHash.hash(s));
        tokenId = uint256(hash);
        if (_certificates[tokenId].status != 0) revert CertificateRegistryMinted(tokenId);
        _checkSignature(s.recipient, hash, enterpriseSignature);
        _checkSignature(s.evaluator, hash, evaluatorSignature);
        _checkSignature(s.verifier, hash, verifierSignature);

        if (s.supersedes != 0) _supersede(s, tokenId);
        _certify(s, tokenId);
        _mintBound(s.recipient, tokenId);
        emit CertificateMinted(tokenId, s.subject, s.enterprise, s);
    }

    /// @dev The predecessor's period is freed before the successor's is taken.
    function _supersede(Statement calldata s, uint256 successor) private {
        Certificate storage c = _certificates[s.supersedes];
        _requireStanding(s.supersedes);
        if (c.subject != s.subject || c.kind != s.kind || !_overlaps(c, s)) {
            revert CertificateRegistryWrongPredecessor(s.supersedes);
        }
        c.status = SUPERSEDED;
        _leaveSeries(s.supersedes);
        emit CertificateSuperseded(s.supersedes, successor);
    }

    function _certify(Statement calldata s, uint256 tokenId) private {
        // Goods are on the ledger once, whatever the method by which they were certified.
        bytes32 series = s.quantity == 0
            ? keccak256(abi.encode(s.subject, s.kind, s.method, s.scheme))
            : keccak256(abi.encode(s.subject, s.kind));
        uint256[] storage taken = _series[series];
        for (uint256 i = 0; i < taken.length; ++i) {
            if (_overlaps(_certificates[taken[i]], s)) revert CertificateRegistryOverlap(taken[i]);
        }
        taken.push(tokenId);
        _newest[s.subject] = tokenId;
        Certificate storage c = _certificates[tokenId];
        (c.status, c.kind, c.grade, c.assurance) = (ACTIVE, s.kind, s.grade, s.assurance);
        (c.coverage, c.gradeValue, c.footprint) = (s.coverage, s.gradeValue, s.footprint);
        (c.mintedAt, c.validUntil) = (uint64(block.timestamp), s.validUntil);
        (c.periodStart, c.periodEnd) = (s.periodStart, s.periodEnd);
        (c.evaluator, c.verifier) = (s.evaluator, s.verifier);
        (c.subject, c.series) = (s.subject, series);
    }

    function _overlaps(Certificate storage c, Statement calldata s) private view returns (bool) {
        return c.periodStart < s.periodEnd && s.periodStart < c.periodEnd;
    }

    function _leaveSeries(uint256 tokenId) private {
        uint256[] storage taken = _series[_certificates[tokenId].series];
        uint256 last = taken.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            if (taken[i] == tokenId) taken[i] = taken[last];
        }
        taken.pop();
    }

    /// @dev Compares stored statuses: an expired certificate is stored as active.
    function _move(uint256 tokenId, uint8 from, uint8 to, string calldata reason) private {
        if (bytes(reason).length == 0) revert CertificateRegistryNoReason();
        Certificate storage c = _certificates[tokenId];
        if (c.status != from) revert CertificateRegistryStatus(tokenId, c.status);
        c.status = to;
    }

    /// @dev Neither absent, nor revoked, nor superseded.
    function _requireStanding(uint256 tokenId) private view {
        uint8 status = _certificates[tokenId].status;
        if (status != ACTIVE && status != SUSPENDED) revert CertificateRegistryStatus(tokenId, status);
    }
}
