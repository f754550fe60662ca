// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title Published rules
/// @notice Identity, hash, address and validity of each version of a method, factor set, scheme, benchmark set or
/// template. A version is published once and never changed or withdrawn.
contract RuleRegistry is AccessManaged {
    /// @notice Kinds of rules.
    uint8 public constant METHOD = 1;
    uint8 public constant FACTORS = 2;
    uint8 public constant SCHEME = 3;
    uint8 public constant BENCHMARKS = 4;
    uint8 public constant TEMPLATE = 5;

    /// @notice One published version; `kind` is 0 for a hash that was never published.
    /// @param from the first Unix second of the periods that it serves
    /// @param until their end, exclusive
    /// @param identity name and version, such as `general/1`
    struct Rule {
        uint8 kind;
        uint64 from;
        uint64 until;
        string identity;
    }

    mapping(bytes32 hash => Rule) private _rules;
    mapping(bytes32 identityHash => bytes32 hash) private _hashes;

    /// @notice A version is public from now on.
    event RulePublished(
        bytes32 indexed hash, uint8 indexed kind, string identity, string uri, uint64 from, uint64 until
    );

    /// @notice The kind is not one of 1 to 5.
    error RuleRegistryKind(uint8 kind);
    /// @notice A version has a name and a hash.
    error RuleRegistryEmpty();
    /// @notice A validity ends after it begins.
    error RuleRegistryValidity(uint64 from, uint64 until);
    /// @notice This version was published, and its hash stands.
    error RuleRegistryIdentityTaken(string identity, bytes32 hash);
    /// @notice This file was published under another name.
    error RuleRegistryHashTaken(bytes32 hash, string identity);

    /// @param authority the AccessManager; its publisher role is to be granted `publish`
    constructor(address authority) AccessManaged(authority) {}

    /// @notice Publishes one version of a rule.
    /// @param kind 1 method, 2 factor set, 3 scheme, 4 benchmark set, 5 template
    /// @param identity name and version; a second hash for it is refused
    /// @param hash SHA-256 of the file
    /// @param uri where the file can be read
    /// @param from the first Unix second of the periods that it serves
    /// @param until their end, exclusive
    function publish(
        uint8 kind,
        string calldata identity,
        bytes32 hash,
        string calldata uri,
        uint64 from,
        uint64 until
    ) external restricted {
        if (kind < METHOD || kind > TEMPLATE) revert RuleRegistryKind(kind);
        if (hash == 0 || bytes(identity).length == 0) revert RuleRegistryEmpty();
        if (from >= until) revert RuleRegistryValidity(from, until);
        bytes32 identityHash = keccak256(bytes(identity));
        if (_hashes[identityHash] != 0) revert RuleRegistryIdentityTaken(identity, _hashes[identityHash]);
        if (_rules[hash].kind != 0) revert RuleRegistryHashTaken(hash, _rules[hash].identity);
        _hashes[identityHash] = hash;
        _rules[hash] = Rule(kind, from, until, identity);
        emit RulePublished(hash, kind, identity, uri, from, until);
    }

    /// @notice Whether `hash` is published and serves the whole period [periodStart, periodEnd).
    function isPublished(bytes32 hash, uint64 periodStart, uint64 periodEnd) external view returns (bool) {
        return _rules[hash].kind != 0 && _serves(hash, periodStart, periodEnd);
    }

    /// @notice As `isPublished`, and of this kind.
    function isPublishedAs(
        uint8 kind,
        bytes32 hash,
        uint64 periodStart,
        uint64 periodEnd
    ) external view returns (bool) {
        return kind != 0 && _rules[hash].kind == kind && _serves(hash, periodStart, periodEnd);
    }

    /// @notice The first kind whose rule is not published for the whole period; 0 if all five are.
    /// @param hashes by kind, from `METHOD` on; the last three kinds may be 0 for none
    function firstUnpublished(
        bytes32[5] calldata hashes,
        uint64 periodStart,
        uint64 periodEnd
    ) external view returns (uint8) {
        for (uint8 kind = METHOD; kind <= TEMPLATE; ++kind) {
            bytes32 hash = hashes[kind - METHOD];
            if (hash == 0 && kind >= SCHEME) continue;
            if (_rules[hash].kind != kind || !_serves(hash, periodStart, periodEnd)) return kind;
        }
        return 0;
    }

    /// @notice What was published under a hash.
    function rule(bytes32 hash) external view returns (Rule memory) {
        return _rules[hash];
    }

    /// @notice The hash of a version, by its name; 0 if there is none.
    function hashOf(string calldata identity) external view returns (bytes32) {
        return _hashes[keccak256(bytes(identity))];
    }

    function _serves(bytes32 hash, uint64 periodStart, uint64 periodEnd) private view returns (bool) {
        Rule storage entry = _rules[hash];
        return entry.from <= periodStart && periodStart < periodEnd && periodEnd <= entry.until;
    }
}
