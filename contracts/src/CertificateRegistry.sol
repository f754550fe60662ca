// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Accreditations} from "./Accreditations.sol";
import {AnchorLog} from "./AnchorLog.sol";
import {BoundToken} from "./BoundToken.sol";
import {ICertificateStatus} from "./ICertificateStatus.sol";
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
contract CertificateRegistry is ICertificateStatus, MintRules, BoundToken, EIP712 {
    /// @notice Status of a token; EXPIRED is never stored but follows from `validUntil`.
    uint8 public constant ACTIVE = 1;
    uint8 public constant SUSPENDED = 2;
    uint8 public constant REVOKED = 3;
    uint8 public constant SUPERSEDED = 4;
    uint8 public constant EXPIRED = 5;

    /// @dev Three slots, and a fourth where the subject had a certificate before. Proven, and so frozen: that the
    /// mapping is at slot 11, `status` the first byte and `validUntil` the eight bytes from offset 22 (contracts.md).
    /// @param periodEnd not after the block of the minting, and so far below 2^40
    /// @param latestEnd the latest end of this period and those of all earlier certificates of the subject
    /// @param evaluator its number in `_signers`
    /// @param goods whether it is on the product ledger
    /// @param footprint below 2^80 (`ProductLedger.LIMIT`)
    /// @param series the first 14 bytes of keccak256(abi.encode(kind, method, scheme)): what is one series agrees, so no
    /// overlap is missed; series that agree by chance would refuse one another, and let nothing pass
    /// @param previous the certificate of the subject before this one; 0 for none
    struct Certificate {
        uint8 status;
        uint8 kind;
        address recipient;
        uint64 validUntil;
        uint8 grade;
        uint8 assurance;
        uint40 mintedAt;
        uint40 periodStart;
        uint40 periodEnd;
        uint40 latestEnd;
        uint32 evaluator;
        uint32 verifier;
        uint16 coverage;
        bool goods;
        uint64 gradeValue;
        uint80 footprint;
        bytes14 series;
        uint256 previous;
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
    /// @dev The newest token of a subject; `previous` leads from there to its other ones.
    mapping(bytes32 subject => uint256 tokenId) private _newest;
    /// @dev Accredited addresses by number; a certificate names its signers by theirs.
    mapping(uint32 number => address) private _signers;
    /// @dev Who proposed a revocation; 0 if nobody.
    mapping(uint256 tokenId => address) private _proposers;
    uint32 private _signerCount;

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
        emit CertificateRevoked(tokenId, proposer, msg.sender, reason);
    }

    /// @notice The EIP-712 digest that the three parties sign.
    function digest(Statement calldata s) external view returns (bytes32) {
        return _hashTypedDataV4(StatementHash.hash(s));
    }

    /// @inheritdoc ICertificateStatus
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
            recipient: c.recipient,
            evaluator: _signers[c.evaluator],
            verifier: _signers[c.verifier],
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
        _certify(s, _certificates[tokenId], tokenId);
        _mintBound(s.recipient, tokenId);
        emit CertificateMinted(tokenId, s.subject, s.enterprise, s);
    }

    /// @dev For ERC-721.
    function _ownerOf(uint256 tokenId) internal view override returns (address) {
        return _certificates[tokenId].recipient;
    }

    /// @inheritdoc Accreditations
    function _numberSigner(address who) internal override returns (uint32 number) {
        number = ++_signerCount;
        _signers[number] = who;
    }

    /// @dev The predecessor's period is freed before the successor's is taken. That it is of the same subject is seen
    /// on the way through the subject's certificates.
    function _supersede(Statement calldata s, uint256 successor) private {
        Certificate storage c = _certificates[s.supersedes];
        _requireStanding(s.supersedes);
        if (c.kind != s.kind || !_overlaps(c, s)) revert CertificateRegistryWrongPredecessor(s.supersedes);
        c.status = SUPERSEDED;
        emit CertificateSuperseded(s.supersedes, successor);
    }

    function _certify(Statement calldata s, Certificate storage c, uint256 tokenId) private {
        bytes14 series = bytes14(keccak256(abi.encode(s.kind, s.method, s.scheme)));
        uint256 previous = _newest[s.subject];
        _newest[s.subject] = tokenId;
        uint40 latestEnd = uint40(s.periodEnd);
        if (previous != 0) {
            _requireFree(s, series, previous);
            c.previous = previous;
            uint40 earlier = _certificates[previous].latestEnd;
            if (earlier > latestEnd) latestEnd = earlier;
        } else if (s.supersedes != 0) {
            revert CertificateRegistryWrongPredecessor(s.supersedes);
        }
        (c.status, c.kind, c.recipient, c.validUntil) = (ACTIVE, s.kind, s.recipient, s.validUntil);
        (c.grade, c.assurance) = (s.grade, s.assurance);
        (c.mintedAt, c.periodStart, c.periodEnd) = (uint40(block.timestamp), uint40(s.periodStart), uint40(s.periodEnd));
        (c.latestEnd, c.coverage, c.goods) = (latestEnd, s.coverage, s.quantity != 0);
        (c.evaluator, c.verifier) = (_numberOf(s.evaluator, EVALUATOR), _numberOf(s.verifier, VERIFIER));
        (c.gradeValue, c.footprint, c.series) = (s.gradeValue, uint80(s.footprint), series);
    }

    /// @dev Goes back through the subject's certificates until none that is older reaches into the period. A predecessor
    /// does, so that it is met. Goods are on the product ledger once, whatever the method by which they were certified.
    function _requireFree(Statement calldata s, bytes14 series, uint256 tokenId) private view {
        bool met = s.supersedes == 0;
        for (; tokenId != 0; tokenId = _certificates[tokenId].previous) {
            Certificate storage c = _certificates[tokenId];
            if (c.latestEnd <= s.periodStart) break;
            if (tokenId == s.supersedes) met = true;
            if (!_overlaps(c, s) || !_isStanding(c.status)) continue;
            if (c.series == series || (c.goods && s.quantity != 0)) revert CertificateRegistryOverlap(tokenId);
        }
        if (!met) revert CertificateRegistryWrongPredecessor(s.supersedes);
    }

    function _overlaps(Certificate storage c, Statement calldata s) private view returns (bool) {
        return c.periodStart < s.periodEnd && s.periodStart < c.periodEnd;
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
        if (!_isStanding(status)) revert CertificateRegistryStatus(tokenId, status);
    }

    function _isStanding(uint8 status) private pure returns (bool) {
        return status == ACTIVE || status == SUSPENDED;
    }
}
