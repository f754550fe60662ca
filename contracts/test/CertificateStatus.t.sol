// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Accreditations} from "../src/Accreditations.sol";
import {CertificateRegistry} from "../src/CertificateRegistry.sol";
import {Statement} from "../src/Statement.sol";
import {CertificateScene} from "./CertificateScene.sol";

/// @notice What happens to a certificate after it was minted, and what it keeps others from.
contract CertificateStatusTest is CertificateScene {
    address private constant SUSPENDER = address(0x55);
    address private constant REVOKER = address(0x66);
    address private constant OTHER_REVOKER = address(0x67);

    function setUp() public override {
        super.setUp();
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (CertificateRegistry.suspend.selector, CertificateRegistry.reinstate.selector);
        manager.setTargetFunctionRole(address(certificates), selectors, 4);
        manager.grantRole(4, SUSPENDER, 0);
        selectors = new bytes4[](3);
        selectors[0] = CertificateRegistry.proposeRevocation.selector;
        selectors[1] = CertificateRegistry.confirmRevocation.selector;
        selectors[2] = CertificateRegistry.withdrawRevocation.selector;
        manager.setTargetFunctionRole(address(certificates), selectors, 5);
        manager.grantRole(5, REVOKER, 0);
        manager.grantRole(5, OTHER_REVOKER, 0);
    }

    function test_a_token_number_is_never_used_again() public {
        Statement memory s = statement();
        uint256 token = mint(s);
        bytes memory minted = abi.encodeWithSelector(CertificateRegistry.CertificateRegistryMinted.selector, token);
        refusesMint(s, minted);
        revoke(token);
        refusesMint(s, minted);
    }

    /// @notice INV-24
    function test_refuses_a_period_that_overlaps() public {
        uint256 token = mint(halves(0));
        Statement memory s = statement();
        s.resultHash = keccak256("another result");
        bytes memory overlap = abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, token);
        refusesMint(s, overlap);
        s.periodEnd = s.periodStart + 1;
        refusesMint(s, overlap);
        vm.prank(SUSPENDER);
        certificates.suspend(token, "reason");
        refusesMint(s, overlap);
        mint(halves(1));
    }

    function test_an_expired_certificate_keeps_its_period() public {
        Statement memory s = statement();
        s.validUntil = NOW + 1;
        uint256 token = mint(s);
        vm.warp(NOW + 1);
        same(certificates.statusOf(token), 5);
        s.validUntil = NOW + 365 days;
        refusesMint(s, abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, token));
    }

    function test_another_subject_kind_method_or_scheme_does_not_overlap() public {
        mint(statement());
        Statement memory s = statement();
        (s.identifier, s.subject) = ("88/CE-2018-0002", leaf("ce-2018-0002"));
        mint(s);
        s = statement();
        s.kind = 1;
        mint(s);
        s = statement();
        s.method = keccak256("another method");
        rules.publish(1, "another method", s.method, "", PERIOD_START, PERIOD_END);
        mint(s);
        s = statement();
        s.scheme = keccak256("another scheme");
        rules.publish(3, "another scheme", s.scheme, "", PERIOD_START, PERIOD_END);
        mint(s);
    }

    /// @notice INV-24: not only beside the newest: a period behind later ones is taken as well.
    function test_a_period_stays_taken_behind_later_certificates() public {
        uint64 day = 1 days;
        uint256[4] memory tokens;
        for (uint64 i = 0; i < 4; ++i) tokens[i] = mint(days_(i * 2 * day, i * 2 * day + day));
        for (uint64 i = 0; i < 4; ++i) {
            Statement memory s = days_(i * 2 * day, i * 2 * day + day);
            s.resultHash = keccak256("another result");
            refusesMint(
                s, abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, tokens[i])
            );
        }
        // An old gap can be filled, and is then taken.
        uint256 gap = mint(days_(day, 2 * day));
        Statement memory again = days_(day, 2 * day);
        again.resultHash = keccak256("another result");
        refusesMint(again, abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, gap));
        // The oldest can be corrected from behind all of them.
        again = days_(0, day);
        (again.supersedes, again.resultHash) = (tokens[0], keccak256("corrected"));
        mint(again);
        same(certificates.statusOf(tokens[0]), 4);
    }

    /// @notice INV-24: a period is taken if and only if it meets none that stands, in whatever order they come.
    function testFuzz_periods_are_judged_as_by_comparing_each_with_all(uint256 choice) public {
        uint64[8] memory from;
        uint64[8] memory until;
        bool[8] memory stands;
        uint256[8] memory tokens;
        for (uint256 i = 0; i < 8; ++i) {
            uint256 drawn = uint256(keccak256(abi.encode(choice, i)));
            from[i] = uint64(drawn % 20) * 1 days;
            until[i] = from[i] + (1 + uint64((drawn >> 32) % 4)) * 1 days;
            Statement memory s = days_(from[i], until[i]);
            s.resultHash = keccak256(abi.encode(drawn));
            uint256 met = 8;
            for (uint256 k = 0; k < i; ++k) if (stands[k] && from[k] < until[i] && from[i] < until[k]) met = k;
            if (met == 8) (tokens[i], stands[i]) = (mint(s), true);
            else refusesOverlap(s);
            if (stands[i] && drawn >> 64 & 3 == 0) {
                revoke(tokens[i]);
                stands[i] = false;
            }
        }
    }

    /// @dev Which of several it meets first is not said.
    function refusesOverlap(Statement memory s) private {
        bytes32 digest = certificates.digest(s);
        bytes memory call = abi.encodeCall(
            certificates.mint,
            (s, signed(ENTERPRISE_KEY, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest))
        );
        vm.prank(enterprise);
        (bool done, bytes memory reason) = address(certificates).call(call);
        require(!done && bytes4(reason) == CertificateRegistry.CertificateRegistryOverlap.selector);
    }

    function days_(uint64 from, uint64 until) private view returns (Statement memory s) {
        s = statement();
        (s.periodStart, s.periodEnd) = (PERIOD_START + from, PERIOD_START + until);
    }

    function test_a_revoked_certificate_frees_its_period() public {
        uint256 token = mint(statement());
        revoke(token);
        Statement memory s = statement();
        s.resultHash = keccak256("another result");
        uint256 next = mint(s);
        same(certificates.check(s.identifier).tokenId, next);
        same(certificates.statusOf(token), 3);
    }

    function test_a_successor_takes_its_predecessors_place() public {
        uint256 first = mint(halves(0));
        uint256 second = mint(halves(1));
        Statement memory s = halves(0);
        (s.supersedes, s.resultHash) = (first, keccak256("corrected"));
        vm.expectEmit(address(certificates));
        emit CertificateRegistry.CertificateSuperseded(first, uint256(certificates.digest(s)));
        uint256 successor = mint(s);
        same(certificates.statusOf(first), 4);
        same(certificates.statusOf(successor), 1);

        Statement memory again = halves(0);
        again.resultHash = keccak256("again");
        refusesMint(
            again, abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, successor)
        );
        again.supersedes = first;
        refusesMint(again, status(first, 4));
        // It takes one place only: a period that reaches into the next certificate's is refused.
        again = statement();
        again.supersedes = successor;
        refusesMint(again, abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, second));
    }

    function test_a_successor_may_correct_the_method() public {
        uint256 token = mint(statement());
        Statement memory s = statement();
        s.method = keccak256("another edition");
        rules.publish(1, "another edition", s.method, "", PERIOD_START, PERIOD_END);
        s.supersedes = token;
        mint(s);
        same(certificates.statusOf(token), 4);
    }

    function test_refuses_to_supersede_what_is_not_its_predecessor() public {
        uint256 token = mint(halves(0));
        Statement memory s = halves(0);
        s.supersedes = uint256(keccak256("no token"));
        refusesMint(s, status(s.supersedes, 0));
        bytes memory wrong =
            abi.encodeWithSelector(CertificateRegistry.CertificateRegistryWrongPredecessor.selector, token);
        s = halves(1);
        s.supersedes = token;
        refusesMint(s, wrong);
        s = halves(0);
        (s.supersedes, s.kind) = (token, 1);
        refusesMint(s, wrong);
        s = halves(0);
        (s.supersedes, s.identifier, s.subject) = (token, "88/CE-2018-0002", leaf("ce-2018-0002"));
        refusesMint(s, wrong);
        revoke(token);
        s = halves(0);
        s.supersedes = token;
        refusesMint(s, status(token, 3));
    }

    function test_suspension_has_a_reason_and_an_end() public {
        uint256 token = mint(statement());
        vm.prank(SUSPENDER);
        refuses(CertificateRegistry.CertificateRegistryNoReason.selector);
        certificates.suspend(token, "");
        vm.prank(SUSPENDER);
        vm.expectRevert(status(token, 1));
        certificates.reinstate(token, "reason");

        vm.expectEmit(address(certificates));
        emit CertificateRegistry.CertificateSuspended(token, SUSPENDER, "meter swapped");
        vm.prank(SUSPENDER);
        certificates.suspend(token, "meter swapped");
        same(certificates.statusOf(token), 2);
        vm.prank(SUSPENDER);
        vm.expectRevert(status(token, 2));
        certificates.suspend(token, "again");

        vm.expectEmit(address(certificates));
        emit CertificateRegistry.CertificateReinstated(token, SUSPENDER, "explained");
        vm.prank(SUSPENDER);
        certificates.reinstate(token, "explained");
        same(certificates.statusOf(token), 1);
    }

    function test_revocation_takes_two_accounts() public {
        uint256 token = mint(statement());
        bytes memory none =
            abi.encodeWithSelector(CertificateRegistry.CertificateRegistryNotProposed.selector, token);
        vm.prank(REVOKER);
        vm.expectRevert(none);
        certificates.confirmRevocation(token, "fraud");
        vm.expectEmit(address(certificates));
        emit CertificateRegistry.RevocationProposed(token, REVOKER, "fraud");
        vm.prank(REVOKER);
        certificates.proposeRevocation(token, "fraud");
        same(certificates.statusOf(token), 1);
        vm.prank(REVOKER);
        vm.expectRevert(
            abi.encodeWithSelector(CertificateRegistry.CertificateRegistrySameActor.selector, token, REVOKER)
        );
        certificates.confirmRevocation(token, "fraud");
        vm.prank(OTHER_REVOKER);
        vm.expectRevert(
            abi.encodeWithSelector(CertificateRegistry.CertificateRegistryProposed.selector, token, REVOKER)
        );
        certificates.proposeRevocation(token, "fraud");
        vm.expectEmit(address(certificates));
        emit CertificateRegistry.RevocationWithdrawn(token, REVOKER);
        vm.prank(REVOKER);
        certificates.withdrawRevocation(token);
        vm.prank(OTHER_REVOKER);
        vm.expectRevert(none);
        certificates.confirmRevocation(token, "fraud");

        vm.prank(REVOKER);
        certificates.proposeRevocation(token, "fraud");
        vm.prank(OTHER_REVOKER);
        refuses(CertificateRegistry.CertificateRegistryNoReason.selector);
        certificates.confirmRevocation(token, "");
        vm.expectEmit(address(certificates));
        emit CertificateRegistry.CertificateRevoked(token, REVOKER, OTHER_REVOKER, "confirmed");
        vm.prank(OTHER_REVOKER);
        certificates.confirmRevocation(token, "confirmed");
        same(certificates.statusOf(token), 3);
        same(certificates.ownerOf(token), enterprise);

        vm.prank(REVOKER);
        vm.expectRevert(status(token, 3));
        certificates.proposeRevocation(token, "again");
        vm.prank(SUSPENDER);
        vm.expectRevert(status(token, 3));
        certificates.reinstate(token, "sorry");
    }

    function test_a_proposal_ends_with_the_certificate() public {
        uint256 token = mint(statement());
        vm.prank(REVOKER);
        certificates.proposeRevocation(token, "fraud");
        Statement memory s = statement();
        (s.supersedes, s.resultHash) = (token, keccak256("corrected"));
        mint(s);
        vm.prank(OTHER_REVOKER);
        vm.expectRevert(status(token, 4));
        certificates.confirmRevocation(token, "fraud");
    }

    function test_roles_are_kept_apart() public {
        uint256 token = mint(statement());
        refusesCaller(REVOKER);
        certificates.suspend(token, "x");
        refusesCaller(REVOKER);
        certificates.reinstate(token, "x");
        refusesCaller(SUSPENDER);
        certificates.proposeRevocation(token, "x");
        refusesCaller(SUSPENDER);
        certificates.confirmRevocation(token, "x");
        refusesCaller(SUSPENDER);
        certificates.withdrawRevocation(token);
        refusesCaller(SUSPENDER);
        certificates.accredit(SUSPENDER, bytes32(uint256(1)), 1, 0, 1, 2);
        refusesCaller(SUSPENDER);
        certificates.endAccreditation(evaluator, 1);
    }

    function test_accreditations_bind_an_address_to_one_organisation() public {
        (bytes32 organisation, bytes32 scope, uint64 from, uint64 until) = certificates.accreditationOf(evaluator, 1);
        same(organisation, EVALUATOR_ORGANISATION);
        require(scope == 0 && from == PERIOD_START && until == NOW + 365 days);
        (organisation, , , ) = certificates.accreditationOf(evaluator, 2);
        same(organisation, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                Accreditations.AccreditationsOtherOrganisation.selector, evaluator, EVALUATOR_ORGANISATION
            )
        );
        certificates.accredit(evaluator, VERIFIER_ORGANISATION, 2, 0, 1, 2);
        vm.expectEmit(address(certificates));
        emit Accreditations.AccreditationEnded(evaluator, EVALUATOR_ORGANISATION, 1, NOW);
        certificates.endAccreditation(evaluator, 1);
        vm.expectRevert(abi.encodeWithSelector(Accreditations.AccreditationsNotHeld.selector, evaluator, 1));
        certificates.endAccreditation(evaluator, 1);
        vm.expectEmit(address(certificates));
        emit Accreditations.Accredited(evaluator, EVALUATOR_ORGANISATION, 1, rule(1), 1, NOW + 1);
        certificates.accredit(evaluator, EVALUATOR_ORGANISATION, 1, rule(1), 1, NOW + 1);
    }

    function test_accreditations_are_complete() public {
        vm.expectRevert(abi.encodeWithSelector(Accreditations.AccreditationsRole.selector, 0));
        certificates.accredit(SUSPENDER, VERIFIER_ORGANISATION, 0, 0, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(Accreditations.AccreditationsRole.selector, 3));
        certificates.accredit(SUSPENDER, VERIFIER_ORGANISATION, 3, 0, 1, 2);
        refuses(Accreditations.AccreditationsEmpty.selector);
        certificates.accredit(SUSPENDER, 0, 1, 0, 1, 2);
        refuses(Accreditations.AccreditationsEmpty.selector);
        certificates.accredit(address(0), VERIFIER_ORGANISATION, 1, 0, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(Accreditations.AccreditationsTerm.selector, uint64(2), uint64(2)));
        certificates.accredit(SUSPENDER, VERIFIER_ORGANISATION, 1, 0, 2, 2);
    }

    /// @notice A term that has not begun can be ended too, and then never holds.
    function test_a_future_accreditation_can_be_ended() public {
        certificates.accredit(evaluator, EVALUATOR_ORGANISATION, 1, 0, NOW + 10, NOW + 20);
        certificates.endAccreditation(evaluator, 1);
        vm.warp(NOW + 15);
        refusesMint(
            statement(),
            abi.encodeWithSelector(bytes4(keccak256("CertificateRegistryNotAccredited(address,uint8)")), evaluator, 1)
        );
    }

    function halves(uint64 half) private view returns (Statement memory s) {
        s = statement();
        uint64 middle = (PERIOD_START + PERIOD_END) / 2;
        (s.periodStart, s.periodEnd) = half == 0 ? (PERIOD_START, middle) : (middle, PERIOD_END);
    }

    function revoke(uint256 token) private {
        vm.prank(REVOKER);
        certificates.proposeRevocation(token, "reason");
        vm.prank(OTHER_REVOKER);
        certificates.confirmRevocation(token, "reason");
    }

    function refusesCaller(address caller) private {
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
    }

    function status(uint256 token, uint8 held) private pure returns (bytes memory) {
        return abi.encodeWithSelector(CertificateRegistry.CertificateRegistryStatus.selector, token, held);
    }
}
