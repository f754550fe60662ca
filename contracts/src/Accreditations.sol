// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title Who may evaluate and verify
/// @notice Binds an address to its organisation for good, and to a role with a scope for a term.
abstract contract Accreditations is AccessManaged {
    /// @notice Computes results.
    uint8 public constant EVALUATOR = 1;
    /// @notice Checks them.
    uint8 public constant VERIFIER = 2;

    /// @param from the first Unix second of the term
    /// @param until its end, exclusive
    /// @param number by which certificates name the address
    /// @param scoped whether `scope` is to be read at all
    /// @param scope the method that it is limited to; 0 for any
    struct Accreditation {
        uint64 from;
        uint64 until;
        uint32 number;
        bool scoped;
        bytes32 scope;
    }

    mapping(address who => bytes32) private _organisations;
    mapping(address who => mapping(uint8 role => Accreditation)) private _accreditations;

    /// @notice An accreditation was granted or renewed.
    event Accredited(
        address indexed who, bytes32 indexed organisation, uint8 indexed role, bytes32 scope, uint64 from, uint64 until
    );
    /// @notice An accreditation ended before its term.
    event AccreditationEnded(address indexed who, bytes32 indexed organisation, uint8 indexed role, uint64 endedAt);

    /// @notice The role is not 1 (evaluator) or 2 (verifier).
    error AccreditationsRole(uint8 role);
    /// @notice An accreditation names an address and an organisation.
    error AccreditationsEmpty();
    /// @notice A term ends after it begins.
    error AccreditationsTerm(uint64 from, uint64 until);
    /// @notice The address acts for another organisation.
    error AccreditationsOtherOrganisation(address who, bytes32 organisation);
    /// @notice There is no term to end.
    error AccreditationsNotHeld(address who, uint8 role);

    /// @notice Grants or renews an accreditation; a new term replaces the old one.
    /// @param who signs for `organisation`, and never for another one
    /// @param organisation the organisation's node where it has one, else a hash of its registered number
    /// @param role 1 evaluator, 2 verifier
    /// @param scope hash of the one method that it covers; 0 for any
    /// @param from the first Unix second of the term
    /// @param until its end, exclusive
    function accredit(
        address who,
        bytes32 organisation,
        uint8 role,
        bytes32 scope,
        uint64 from,
        uint64 until
    ) external restricted {
        if (role != EVALUATOR && role != VERIFIER) revert AccreditationsRole(role);
        if (who == address(0) || organisation == 0) revert AccreditationsEmpty();
        if (from >= until) revert AccreditationsTerm(from, until);
        bytes32 known = _organisations[who];
        if (known != 0 && known != organisation) revert AccreditationsOtherOrganisation(who, known);
        _organisations[who] = organisation;
        Accreditation storage held = _accreditations[who][role];
        if (held.number == 0) held.number = _numberSigner(who);
        (held.from, held.until, held.scoped, held.scope) = (from, until, scope != 0, scope);
        emit Accredited(who, organisation, role, scope, from, until);
    }

    /// @notice Ends an accreditation with this block; certificates that were minted before stand.
    function endAccreditation(address who, uint8 role) external restricted {
        Accreditation storage held = _accreditations[who][role];
        if (held.until <= block.timestamp) revert AccreditationsNotHeld(who, role);
        held.until = uint64(block.timestamp);
        if (held.from > held.until) held.from = held.until;
        emit AccreditationEnded(who, _organisations[who], role, held.until);
    }

    /// @notice The last term that was granted for a role, ended ones included; all zero if there was none.
    function accreditationOf(
        address who,
        uint8 role
    ) external view returns (bytes32 organisation, bytes32 scope, uint64 from, uint64 until) {
        Accreditation storage held = _accreditations[who][role];
        if (held.until != 0) organisation = _organisations[who];
        return (organisation, held.scope, held.from, held.until);
    }

    /// @notice The organisation for which an address acts; 0 if it was never accredited.
    function organisationOf(address who) public view returns (bytes32) {
        return _organisations[who];
    }

    /// @dev Whether `who` may act in `role` under `method` at this block's time.
    function _isAccredited(address who, uint8 role, bytes32 method) internal view returns (bool) {
        Accreditation storage held = _accreditations[who][role];
        return
            held.from <= block.timestamp &&
            block.timestamp < held.until &&
            (!held.scoped || held.scope == method);
    }

    /// @dev The number of an address that was accredited for `role` at some time.
    function _numberOf(address who, uint8 role) internal view returns (uint32) {
        return _accreditations[who][role].number;
    }

    /// @dev Gives an address a number from 1 on; the registry keeps the list.
    function _numberSigner(address who) internal virtual returns (uint32);
}
