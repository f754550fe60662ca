// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What the enterprise, the evaluator and the verifier sign. The order of the fields is final.
/// @param kind 1 emission statement, 2 enterprise carbon efficiency, 3 product footprint
/// @param subject leaf of `identifier`
/// @param identifier the certificate's identifier, `<enterprise path>/<suffix>`
/// @param enterprise the enterprise's node
/// @param recipient holder of that node; signs for the enterprise and receives the token
/// @param evaluator accredited address that computed the result
/// @param verifier accredited address that checked it
/// @param periodStart first Unix second of the period
/// @param periodEnd its end, exclusive
/// @param site SHA-256 of the site file
/// @param template hash of the published template; 0 for none
/// @param method hash of the published method
/// @param factors hash of the published factor set
/// @param scheme hash of the published grading scheme; 0 for none
/// @param benchmarks hash of the published benchmark set; 0 for none
/// @param logId the log that holds the frames
/// @param treeSize size of the anchored head that covers them
/// @param evidenceRoot RFC 9162 root over frames and files
/// @param resultHash salted hash of the result
/// @param grade 0 for none
/// @param gradeValue the graded figure in 10⁻⁶
/// @param footprint 10⁻⁶ kgCO2e per unit; 0 but for kind 3
/// @param figures RFC 9162 root of the salted commitments
/// @param unit the declared unit
/// @param quantity 10⁻³ units; 0 where not on the product ledger
/// @param upstreamRoot root of the upstream inputs; 0 for none
/// @param coverage basis points
/// @param metered share in basis points
/// @param declared share in basis points
/// @param defaulted share in basis points
/// @param estimated share in basis points
/// @param assurance level of the verifier's assurance
/// @param opinion hash of the verifier's report; 0 only in a demo deployment
/// @param supersedes the token that this one replaces; 0 for none
/// @param validUntil Unix second at which the certificate expires
/// @param submitBefore last Unix second at which it may be minted
struct Statement {
    uint8 kind;
    bytes32 subject;
    string identifier;
    bytes32 enterprise;
    address recipient;
    address evaluator;
    address verifier;
    uint64 periodStart;
    uint64 periodEnd;
    bytes32 site;
    bytes32 template;
    bytes32 method;
    bytes32 factors;
    bytes32 scheme;
    bytes32 benchmarks;
    bytes32 logId;
    uint64 treeSize;
    bytes32 evidenceRoot;
    bytes32 resultHash;
    uint8 grade;
    uint64 gradeValue;
    uint128 footprint;
    bytes32 figures;
    string unit;
    uint128 quantity;
    bytes32 upstreamRoot;
    uint16 coverage;
    uint16 metered;
    uint16 declared;
    uint16 defaulted;
    uint16 estimated;
    uint8 assurance;
    bytes32 opinion;
    uint256 supersedes;
    uint64 validUntil;
    uint64 submitBefore;
}

/// @title EIP-712 hash of a statement
library StatementHash {
    /// @notice keccak256 of the type's encoding.
    bytes32 internal constant TYPEHASH = keccak256(
        "Statement(uint8 kind,bytes32 subject,string identifier,bytes32 enterprise,address recipient,"
        "address evaluator,address verifier,uint64 periodStart,uint64 periodEnd,bytes32 site,bytes32 template,"
        "bytes32 method,bytes32 factors,bytes32 scheme,bytes32 benchmarks,bytes32 logId,uint64 treeSize,"
        "bytes32 evidenceRoot,bytes32 resultHash,uint8 grade,uint64 gradeValue,uint128 footprint,bytes32 figures,"
        "string unit,uint128 quantity,bytes32 upstreamRoot,uint16 coverage,uint16 metered,uint16 declared,"
        "uint16 defaulted,uint16 estimated,uint8 assurance,bytes32 opinion,uint256 supersedes,uint64 validUntil,"
        "uint64 submitBefore)"
    );

    /// @dev Words of the encoded struct, and the places of its two strings among them.
    uint256 private constant WORDS = 36;
    uint256 private constant IDENTIFIER = 2;
    uint256 private constant UNIT = 23;

    /// @notice hashStruct of EIP-712.
    /// @dev The ABI's encoding of the struct is EIP-712's but for the strings, whose offsets their hashes replace. A
    /// word that holds more than its type is hashed as it came; reading it as its type, as minting does, reverts.
    function hash(Statement calldata s) internal pure returns (bytes32 result) {
        bytes32 typehash = TYPEHASH;
        bytes32 identifier = keccak256(bytes(s.identifier));
        bytes32 unit = keccak256(bytes(s.unit));
        uint256 words = WORDS;
        uint256 identifierAt = IDENTIFIER;
        uint256 unitAt = UNIT;
        assembly ("memory-safe") {
            let start := mload(0x40)
            let members := add(start, 0x20)
            mstore(start, typehash)
            calldatacopy(members, s, mul(words, 0x20))
            mstore(add(members, mul(identifierAt, 0x20)), identifier)
            mstore(add(members, mul(unitAt, 0x20)), unit)
            result := keccak256(start, mul(add(words, 1), 0x20))
        }
    }
}
