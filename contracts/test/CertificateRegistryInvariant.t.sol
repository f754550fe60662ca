// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CertificateRegistry} from "../src/CertificateRegistry.sol";
import {Statement} from "../src/Statement.sol";
import {CertificateScene} from "./CertificateScene.sol";
import {Scene} from "./Vm.sol";

/// @notice Two enterprises, four signers of three organisations and two officers that do what they may, and try what
/// they must not. What may be done is told here from what was done, not asked of the registry.
contract Parties is CertificateScene {
    /// @dev A certificate as it must be, and whether it was lawful at its minting.
    struct Minted {
        uint256 token;
        address owner;
        uint64 mintedAt;
        uint8 status;
        bool accredited;
        bool apart;
    }

    uint256 private constant ENTERPRISES = 2;
    uint256 private constant SIGNERS = 4;
    uint256 private constant FIRST_SIGNER_KEY = 201;
    uint256 private constant SECOND_ENTERPRISE_KEY = 301;
    bytes32 private constant OTHER_SCHEME = keccak256("another scheme");
    uint64 private constant QUARTER = (PERIOD_END - PERIOD_START) / 4;
    address private constant OFFICER = address(0x55);

    bytes32[ENTERPRISES] private _nodes;
    address[ENTERPRISES] private _holders;
    /// @dev The second enterprise's holder signs for the verifier's organisation; the last signer, for the first
    /// enterprise.
    bytes32[ENTERPRISES] private _lent;
    bytes32[SIGNERS] private _organisations;
    uint64[3][SIGNERS] private _terms;
    Minted[] private _minted;
    Statement[] private _statements;
    mapping(uint256 token => address) private _proposers;
    bool public cheated;

    constructor() {
        setUp();
        _holders = [enterprise, vm.addr(SECOND_ENTERPRISE_KEY)];
        _nodes = [node, identifiers.createNode(0, "89", _holders[1])];
        _lent = [bytes32(0), VERIFIER_ORGANISATION];
        _organisations = [EVALUATOR_ORGANISATION, VERIFIER_ORGANISATION, VERIFIER_ORGANISATION, node];
        certificates.accredit(_holders[1], VERIFIER_ORGANISATION, 2, 0, PERIOD_START, NOW);
        for (uint256 i = 0; i < SIGNERS; ++i) {
            for (uint8 role = 1; role <= 2; ++role) grant(i, role, NOW + 3650 days);
        }
        rules.publish(3, "another scheme", OTHER_SCHEME, "", PERIOD_START, PERIOD_END);
        manager.grantRole(manager.ADMIN_ROLE(), OFFICER, 0);
    }

    function registryOfAll() external view returns (CertificateRegistry) {
        return certificates;
    }

    function minted() external view returns (Minted[] memory) {
        return _minted;
    }

    function statements() external view returns (Statement[] memory) {
        return _statements;
    }

    function wait(uint256 days_) external {
        vm.warp(block.timestamp + (days_ % 60) * 1 days);
    }

    /// @dev Signers of three organisations.
    function mintHonestly(bool second, bool swapped, uint256 choice) external {
        (uint256 a, uint256 b) = second ? (uint256(0), uint256(3)) : (uint256(0), uint256(1 + (choice % 2)));
        submit(second ? 1 : 0, draft(second ? 1 : 0, choice), swapped ? b : a, swapped ? a : b);
    }

    function mintWithAnySigners(bool second, uint256 choice, uint256 evaluator_, uint256 verifier_) external {
        submit(second ? 1 : 0, draft(second ? 1 : 0, choice), evaluator_ % SIGNERS, verifier_ % SIGNERS);
    }

    function mintAgain(uint256 which) external {
        if (_minted.length == 0) return;
        which = which % _minted.length;
        Statement memory s = _statements[which];
        submit(s.enterprise == _nodes[1] ? 1 : 0, s, signerOf(s.evaluator), signerOf(s.verifier));
    }

    /// @dev Mostly what supersedes rightly; sometimes another subject, kind or period.
    function correct(uint256 which, uint256 choice, bool stray) external {
        if (_minted.length == 0) return;
        which = which % _minted.length;
        Statement memory s = _statements[which];
        uint256 owner = s.enterprise == _nodes[1] ? 1 : 0;
        if (stray) s = draft(owner, choice);
        s.supersedes = _minted[which].token;
        s.resultHash = keccak256(abi.encode("corrected", choice));
        s.validUntil = uint64(block.timestamp) + 365 days;
        (uint256 a, uint256 b) = owner == 1 ? (uint256(0), uint256(3)) : (uint256(0), uint256(1));
        submit(owner, s, a, b);
    }

    function suspend(uint256 which) external {
        if (_minted.length == 0) return;
        Minted storage m = _minted[which % _minted.length];
        bytes memory call = abi.encodeCall(certificates.suspend, (m.token, "reason"));
        if (act(address(this), call, m.status == 1)) m.status = 2;
    }

    function reinstate(uint256 which) external {
        if (_minted.length == 0) return;
        Minted storage m = _minted[which % _minted.length];
        bytes memory call = abi.encodeCall(certificates.reinstate, (m.token, "reason"));
        if (act(address(this), call, m.status == 2)) m.status = 1;
    }

    function propose(uint256 which, bool officer) external {
        if (_minted.length == 0) return;
        Minted storage m = _minted[which % _minted.length];
        address who = officer ? OFFICER : address(this);
        bool may = standing(m) && _proposers[m.token] == address(0);
        bytes memory call = abi.encodeCall(certificates.proposeRevocation, (m.token, "fraud"));
        if (act(who, call, may)) _proposers[m.token] = who;
    }

    function confirm(uint256 which, bool officer) external {
        if (_minted.length == 0) return;
        Minted storage m = _minted[which % _minted.length];
        address who = officer ? OFFICER : address(this);
        address proposer = _proposers[m.token];
        bool may = standing(m) && proposer != address(0) && proposer != who;
        bytes memory call = abi.encodeCall(certificates.confirmRevocation, (m.token, "fraud"));
        if (act(who, call, may)) (m.status, _proposers[m.token]) = (3, address(0));
    }

    /// @dev An end to a term that runs, or a new one.
    function accreditation(uint256 signer, bool verifier_, uint8 days_) external {
        signer = signer % SIGNERS;
        uint8 role = verifier_ ? 2 : 1;
        if (_terms[signer][role] <= block.timestamp) return grant(signer, role, uint64(block.timestamp) + days_ + 1);
        certificates.endAccreditation(signerAt(signer), role);
        _terms[signer][role] = uint64(block.timestamp);
    }

    /// @dev The owner and a stranger, by every way that ERC-721 has.
    function move(uint256 which, bool stranger) external {
        if (_minted.length == 0) return;
        Minted storage m = _minted[which % _minted.length];
        address who = stranger ? OFFICER : m.owner;
        act(who, abi.encodeCall(certificates.approve, (OFFICER, m.token)), false);
        act(who, abi.encodeCall(certificates.setApprovalForAll, (OFFICER, true)), false);
        act(who, abi.encodeCall(certificates.transferFrom, (m.owner, OFFICER, m.token)), false);
        act(
            who,
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", m.owner, OFFICER, m.token),
            false
        );
    }

    /// @dev A stranger to the three roles, and a signer that wants another organisation.
    function intrude(uint256 which, uint256 signer) external {
        address who = signerAt(signer % SIGNERS);
        uint256 token = _minted.length == 0 ? 0 : _minted[which % _minted.length].token;
        act(who, abi.encodeCall(certificates.suspend, (token, "reason")), false);
        act(who, abi.encodeCall(certificates.proposeRevocation, (token, "reason")), false);
        act(who, abi.encodeCall(certificates.confirmRevocation, (token, "reason")), false);
        bytes32 other = keccak256("another organisation");
        uint64 end = uint64(block.timestamp) + 1 days;
        act(who, abi.encodeCall(certificates.accredit, (who, other, 1, 0, 0, end)), false);
        act(address(this), abi.encodeCall(certificates.accredit, (who, other, 1, 0, 0, end)), false);
    }

    function act(address who, bytes memory call, bool may) private returns (bool done) {
        vm.prank(who);
        (done, ) = address(certificates).call(call);
        if (done && !may) cheated = true;
        require(done || !may, "what may be done was refused");
    }

    function submit(uint256 owner, Statement memory s, uint256 evaluator_, uint256 verifier_) private {
        (s.evaluator, s.verifier) = (signerAt(evaluator_), signerAt(verifier_));
        bytes32 digest = certificates.digest(s);
        Minted memory m = Minted(uint256(digest), s.recipient, uint64(block.timestamp), 1, false, false);
        m.accredited = _terms[evaluator_][1] > block.timestamp && _terms[verifier_][2] > block.timestamp;
        m.apart = areApart(owner, _organisations[evaluator_], _organisations[verifier_]);
        bool fits = isNew(m.token) && s.validUntil > block.timestamp && mayReplace(s) && isFree(s);
        bytes memory call = abi.encodeCall(
            certificates.mint,
            (
                s,
                signed(owner == 0 ? ENTERPRISE_KEY : SECOND_ENTERPRISE_KEY, digest),
                signed(FIRST_SIGNER_KEY + evaluator_, digest),
                signed(FIRST_SIGNER_KEY + verifier_, digest)
            )
        );
        if (!act(s.recipient, call, m.accredited && m.apart && fits)) return;
        for (uint256 i = 0; i < _minted.length; ++i) {
            if (_minted[i].token == s.supersedes) _minted[i].status = 4;
        }
        _minted.push(m);
        _statements.push(s);
    }

    function grant(uint256 signer, uint8 role, uint64 until) private {
        certificates.accredit(signerAt(signer), _organisations[signer], role, 0, PERIOD_START, until);
        _terms[signer][role] = until;
    }

    /// @dev Few subjects, kinds, schemes and periods, so that they meet.
    function draft(uint256 owner, uint256 choice) private view returns (Statement memory s) {
        s = statement();
        (s.recipient, s.enterprise) = (_holders[owner], _nodes[owner]);
        bool first = choice & 1 == 0;
        s.identifier = string.concat(owner == 0 ? "88/" : "89/", first ? "CE-1" : "CE-2");
        bytes memory suffix = first ? bytes("ce-1") : bytes("ce-2");
        s.subject = keccak256(abi.encodePacked(_nodes[owner], keccak256(suffix)));
        s.kind = choice & 6 == 0 ? 1 : 2;
        uint64 start = uint64(choice >> 3) & 3;
        uint64 length = 1 + ((uint64(choice >> 5) & 3) % (4 - start));
        (s.periodStart, s.periodEnd) = (PERIOD_START + start * QUARTER, PERIOD_START + (start + length) * QUARTER);
        if (choice & 7168 == 0) s.scheme = OTHER_SCHEME;
        if (choice & 896 == 0) s.supersedes = choice;
        s.resultHash = keccak256(abi.encode(choice));
        s.validUntil = uint64(block.timestamp) + 1 + uint64(choice % 365) * 1 days;
        s.submitBefore = type(uint64).max;
    }

    function areApart(uint256 owner, bytes32 one, bytes32 other) private view returns (bool) {
        bool hers = one == _nodes[owner] || other == _nodes[owner] || one == _lent[owner] || other == _lent[owner];
        return one != other && !hers;
    }

    function isNew(uint256 token) private view returns (bool) {
        for (uint256 i = 0; i < _minted.length; ++i) if (_minted[i].token == token) return false;
        return true;
    }

    function mayReplace(Statement memory s) private view returns (bool) {
        if (s.supersedes == 0) return true;
        for (uint256 i = 0; i < _minted.length; ++i) {
            if (_minted[i].token != s.supersedes) continue;
            Statement memory old = _statements[i];
            return standing(_minted[i]) && old.subject == s.subject && old.kind == s.kind && overlap(old, s);
        }
        return false;
    }

    function isFree(Statement memory s) private view returns (bool) {
        for (uint256 i = 0; i < _minted.length; ++i) {
            Statement memory other = _statements[i];
            if (!standing(_minted[i]) || _minted[i].token == s.supersedes) continue;
            bool same_ = other.subject == s.subject && other.kind == s.kind && other.scheme == s.scheme;
            if (same_ && overlap(other, s)) return false;
        }
        return true;
    }

    function overlap(Statement memory a, Statement memory b) private pure returns (bool) {
        return a.periodStart < b.periodEnd && b.periodStart < a.periodEnd;
    }

    function standing(Minted storage m) private view returns (bool) {
        return m.status == 1 || m.status == 2;
    }

    function signerAt(uint256 signer) private pure returns (address) {
        return vm.addr(FIRST_SIGNER_KEY + signer);
    }

    function signerOf(address who) private pure returns (uint256 signer) {
        while (signerAt(signer) != who) ++signer;
    }
}

/// @notice INV-12, INV-13, INV-24, whatever the parties do in whatever order.
contract CertificateRegistryInvariantTest is Scene {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Parties private parties;
    CertificateRegistry private certificates;

    function setUp() public {
        parties = new Parties();
        certificates = parties.registryOfAll();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(parties);
    }

    /// @dev The scene is set up once.
    function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
        excluded = new FuzzSelector[](1);
        excluded[0].addr = address(parties);
        excluded[0].selectors = new bytes4[](1);
        excluded[0].selectors[0] = CertificateScene.setUp.selector;
    }

    /// @notice INV-12: signed by accredited parties of three organisations, by what held at the minting.
    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 120
    function invariant_every_certificate_was_lawful_when_it_was_minted() public view {
        require(!parties.cheated(), "what must be refused was accepted");
        Parties.Minted[] memory minted = parties.minted();
        for (uint256 i = 0; i < minted.length; ++i) {
            require(minted[i].accredited, "a signer was not accredited");
            require(minted[i].apart, "two parties are of one organisation");
        }
    }

    /// @notice INV-13: a token is minted once and stays where it was minted; revoked and superseded are final.
    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 120
    function invariant_a_token_keeps_its_owner_its_minting_and_its_end() public view {
        Parties.Minted[] memory minted = parties.minted();
        uint256 owned;
        for (uint256 i = 0; i < minted.length; ++i) {
            CertificateRegistry.Check memory c = certificates.checkToken(minted[i].token);
            require(certificates.ownerOf(minted[i].token) == minted[i].owner, "a certificate moved");
            require(c.mintedAt == minted[i].mintedAt, "a certificate was minted twice");
            bool expired = minted[i].status == 1 && block.timestamp >= c.validUntil;
            require(c.status == (expired ? 5 : minted[i].status), "a status changed by itself, or was undone");
            for (uint256 k = 0; k < i; ++k) require(minted[k].token != minted[i].token, "a number was used twice");
            if (minted[i].owner == minted[0].owner) ++owned;
        }
        require(minted.length == 0 || certificates.balanceOf(minted[0].owner) == owned, "a token that nobody minted");
    }

    /// @notice INV-24: what the registry itself says of two certificates of one series never overlaps.
    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 120
    function invariant_no_period_is_certified_twice() public view {
        Parties.Minted[] memory minted = parties.minted();
        Statement[] memory statements = parties.statements();
        bool[] memory taken = new bool[](minted.length);
        for (uint256 i = 0; i < minted.length; ++i) {
            uint8 status = certificates.statusOf(minted[i].token);
            taken[i] = status == 1 || status == 2 || status == 5;
            for (uint256 k = 0; k < i; ++k) {
                if (!taken[i] || !taken[k] || series(statements[i]) != series(statements[k])) continue;
                require(
                    statements[i].periodEnd <= statements[k].periodStart ||
                        statements[k].periodEnd <= statements[i].periodStart,
                    "one period was certified twice"
                );
            }
        }
    }

    function series(Statement memory s) private pure returns (bytes32) {
        return keccak256(abi.encode(s.subject, s.kind, s.method, s.scheme));
    }
}
