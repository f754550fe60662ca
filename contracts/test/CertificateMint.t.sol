// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {BoundToken, IERC5192} from "../src/BoundToken.sol";
import {CertificateRegistry} from "../src/CertificateRegistry.sol";
import {IdentifierPath} from "../src/IdentifierPath.sol";
import {MintRules} from "../src/MintRules.sol";
import {Statement} from "../src/Statement.sol";
import {CertificateScene} from "./CertificateScene.sol";

/// @notice A contract wallet that accepts one digest.
contract Wallet is IERC1271 {
    bytes32 public accepted;

    function accept(bytes32 digest) external {
        accepted = digest;
    }

    function isValidSignature(bytes32 hash, bytes calldata) external view returns (bytes4) {
        return hash == accepted ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice What is minted, and each refusal by itself.
contract CertificateMintTest is CertificateScene {
    function test_mint_gives_the_recipient_a_token_of_the_statement() public {
        Statement memory s = statement();
        uint256 expected = uint256(certificates.digest(s));
        vm.expectEmit(address(certificates));
        emit IERC5192.Locked(expected);
        vm.expectEmit(address(certificates));
        emit CertificateRegistry.CertificateMinted(expected, s.subject, node, s);
        same(mint(s), expected);
        vm.snapshotValue("CertificateRegistry", "mint, whole transaction", vm.lastCallGas().gasTotalUsed);
        same(certificates.ownerOf(expected), enterprise);
        same(certificates.balanceOf(enterprise), 1);
        same(certificates.getApproved(expected), address(0));
        same(certificates.statusOf(expected), 1);

        CertificateRegistry.Check memory c = certificates.check("88/ce-2018-0001");
        same(keccak256(abi.encode(c)), keccak256(abi.encode(certificates.checkToken(expected))));
        same(c.tokenId, expected);
        require(c.status == 1 && c.kind == 2 && c.grade == 3 && c.gradeValue == 1_250_000 && c.footprint == 0);
        require(c.periodStart == PERIOD_START && c.periodEnd == PERIOD_END);
        require(c.validUntil == s.validUntil && c.mintedAt == NOW);
        require(c.recipient == enterprise && c.evaluator == evaluator && c.verifier == verifier);
        require(c.coverage == 9900 && c.assurance == 1);
    }

    function test_later_mints_cost_less() public {
        mint(statement());
        Statement memory s = statement();
        (s.identifier, s.subject) = ("88/CE-2018-0002", leaf("ce-2018-0002"));
        mint(s);
        vm.snapshotValue("CertificateRegistry", "mint, the enterprise's second", vm.lastCallGas().gasTotalUsed);
        for (uint8 kind = 1; kind <= 5; ++kind) {
            rules.publish(kind, string.concat("next/", vm.toString(kind)), rule(kind + 5), "", PERIOD_END, NOW);
        }
        s = statement();
        (s.method, s.factors, s.scheme, s.benchmarks, s.template) = (rule(6), rule(7), rule(8), rule(9), rule(10));
        (s.periodStart, s.periodEnd) = (PERIOD_END, NOW);
        mint(s);
        vm.snapshotValue("CertificateRegistry", "mint, an identifier's second", vm.lastCallGas().gasTotalUsed);
        same(certificates.balanceOf(enterprise), 3);
    }

    function test_check_of_an_identifier_without_certificate_is_empty() public view {
        CertificateRegistry.Check memory c = certificates.check("88/CE-0000");
        same(c.tokenId, 0);
        same(c.status, 0);
    }

    function test_a_token_is_bound() public {
        uint256 token = mint(statement());
        require(certificates.locked(token));
        require(certificates.supportsInterface(0xb45a3c0e), "ERC-5192");
        require(certificates.supportsInterface(0x80ac58cd), "ERC-721");
        require(!certificates.supportsInterface(0xffffffff));
        vm.prank(enterprise);
        refuses(BoundToken.BoundTokenLocked.selector);
        certificates.transferFrom(enterprise, verifier, token);
        vm.prank(enterprise);
        refuses(BoundToken.BoundTokenLocked.selector);
        certificates.safeTransferFrom(enterprise, verifier, token);
        vm.prank(enterprise);
        refuses(BoundToken.BoundTokenLocked.selector);
        certificates.safeTransferFrom(enterprise, verifier, token, "x");
        vm.prank(enterprise);
        refuses(BoundToken.BoundTokenLocked.selector);
        certificates.approve(verifier, token);
        vm.prank(enterprise);
        refuses(BoundToken.BoundTokenLocked.selector);
        certificates.setApprovalForAll(verifier, true);
        vm.expectRevert();
        certificates.locked(token + 1);
        vm.expectRevert();
        certificates.ownerOf(token + 1);
    }

    /// @notice A word that holds more than its type: the digest is another one, and no mint reads it.
    function test_refuses_words_that_overflow_their_type() public {
        Statement memory s = statement();
        bytes memory question = abi.encodeCall(certificates.digest, (s));
        for (uint256 word = 0; word < 36; ++word) {
            bool whole = word == 1 || word == 3 || (word >= 9 && word <= 15) || word == 17 || word == 18 || word == 22;
            if (whole || word == 2 || word == 23 || word == 25 || word == 32 || word == 33) continue;
            refusesDirt(s, question, word);
        }
    }

    function refusesDirt(Statement memory s, bytes memory question, uint256 word) private {
        uint256 place = 32 + 4 + 32 + word * 32;
        assembly ("memory-safe") {
            mstore(add(question, place), or(mload(add(question, place)), shl(255, 1)))
        }
        (, bytes memory answer) = address(certificates).call(question);
        bytes32 digest = abi.decode(answer, (bytes32));
        assembly ("memory-safe") {
            mstore(add(question, place), shr(1, shl(1, mload(add(question, place)))))
        }
        bytes memory request = abi.encodeCall(
            certificates.mint,
            (s, signed(ENTERPRISE_KEY, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest))
        );
        uint256 start = 32 + 4 + 128 + word * 32;
        assembly ("memory-safe") {
            mstore(add(request, start), or(mload(add(request, start)), shl(255, 1)))
        }
        vm.prank(enterprise);
        (bool done, bytes memory reason) = address(certificates).call(request);
        require(!done && reason.length == 0, vm.toString(word));
    }

    /// @notice INV-13
    function test_only_the_recipient_submits() public {
        Statement memory s = statement();
        bytes32 digest = certificates.digest(s);
        vm.prank(evaluator);
        vm.expectRevert(
            abi.encodeWithSelector(MintRules.CertificateRegistryNotRecipient.selector, enterprise, evaluator)
        );
        certificates.mint(
            s, signed(ENTERPRISE_KEY, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest)
        );
    }

    function test_refuses_a_passed_deadline() public {
        Statement memory s = statement();
        s.submitBefore = NOW - 1;
        refusesMint(s, abi.encodeWithSelector(MintRules.CertificateRegistryTooLate.selector, NOW - 1));
        s.submitBefore = NOW;
        mint(s);
    }

    function test_refuses_each_missing_or_wrong_signature() public {
        Statement memory s = statement();
        bytes32 digest = certificates.digest(s);
        bytes[3] memory good =
            [signed(ENTERPRISE_KEY, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest)];
        address[3] memory signers = [enterprise, evaluator, verifier];
        bytes[4] memory wrong = [bytes(""), signed(999, digest), signed(ENTERPRISE_KEY, ~digest), new bytes(65)];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 k = 0; k < wrong.length; ++k) {
                bytes[3] memory set = [good[0], good[1], good[2]];
                set[i] = wrong[k];
                vm.prank(enterprise);
                vm.expectRevert(
                    abi.encodeWithSelector(MintRules.CertificateRegistrySignature.selector, signers[i])
                );
                certificates.mint(s, set[0], set[1], set[2]);
            }
        }
    }

    function test_signatures_bind_contract_and_chain() public {
        Statement memory s = statement();
        bytes32 elsewhere = registry(false).digest(s);
        require(elsewhere != certificates.digest(s));
        vm.prank(enterprise);
        vm.expectRevert(abi.encodeWithSelector(MintRules.CertificateRegistrySignature.selector, enterprise));
        certificates.mint(
            s, signed(ENTERPRISE_KEY, elsewhere), signed(EVALUATOR_KEY, elsewhere), signed(VERIFIER_KEY, elsewhere)
        );
    }

    function test_contract_wallets_sign_by_erc1271() public {
        Wallet wallet = new Wallet();
        certificates.accredit(address(wallet), keccak256("wallet's organisation"), 2, 0, 1, NOW + 1);
        Statement memory s = statement();
        s.verifier = address(wallet);
        refusesMint(
            s, abi.encodeWithSelector(MintRules.CertificateRegistrySignature.selector, address(wallet))
        );
        wallet.accept(certificates.digest(s));
        mint(s);
    }

    /// @notice An address's own key counts though it has code (EIP-7702); only else is its code asked.
    function test_a_key_outranks_the_code_at_its_address() public {
        vm.etch(verifier, address(new Wallet()).code);
        mint(statement());
    }

    /// @notice INV-12
    function test_refuses_who_is_not_accredited_now() public {
        Statement memory s = statement();
        bytes memory noEvaluator =
            abi.encodeWithSelector(MintRules.CertificateRegistryNotAccredited.selector, evaluator, 1);
        bytes memory noVerifier =
            abi.encodeWithSelector(MintRules.CertificateRegistryNotAccredited.selector, verifier, 2);
        certificates.accredit(evaluator, EVALUATOR_ORGANISATION, 1, 0, NOW + 1, NOW + 2);
        refusesMint(s, noEvaluator);
        certificates.accredit(evaluator, EVALUATOR_ORGANISATION, 1, 0, 1, NOW);
        refusesMint(s, noEvaluator);
        certificates.accredit(evaluator, EVALUATOR_ORGANISATION, 1, rule(2), 1, NOW + 1);
        refusesMint(s, noEvaluator);
        certificates.accredit(evaluator, EVALUATOR_ORGANISATION, 1, rule(1), 1, NOW + 1);
        certificates.endAccreditation(verifier, 2);
        refusesMint(s, noVerifier);
        certificates.accredit(verifier, VERIFIER_ORGANISATION, 1, 0, 1, NOW + 1);
        refusesMint(s, noVerifier);
        certificates.accredit(verifier, VERIFIER_ORGANISATION, 2, 0, NOW, NOW + 1);
        mint(s);
    }

    /// @notice INV-12: nobody signs for itself under a second address.
    function test_refuses_fewer_than_three_organisations() public {
        Statement memory s = statement();
        address second = vm.addr(VERIFIER_KEY + 1);
        certificates.accredit(second, EVALUATOR_ORGANISATION, 2, 0, 1, NOW + 1);
        s.verifier = second;
        refusesSame(s, EVALUATOR_ORGANISATION);
        // An accredited address of the enterprise's own organisation, known by its node.
        s = statement();
        s.evaluator = vm.addr(201);
        certificates.accredit(s.evaluator, node, 1, 0, 1, NOW + 1);
        refusesSame(s, node);
        s = statement();
        s.verifier = vm.addr(202);
        certificates.accredit(s.verifier, node, 2, 0, 1, NOW + 1);
        refusesSame(s, node);
        // The recipient is itself accredited for the organisation of another party.
        s = statement();
        certificates.accredit(enterprise, VERIFIER_ORGANISATION, 1, 0, 1, NOW + 1);
        refusesSame(s, VERIFIER_ORGANISATION);
    }

    function test_refuses_the_recipient_as_its_own_evaluator() public {
        certificates.accredit(enterprise, keccak256("enterprise, differently"), 1, 0, 1, NOW + 1);
        Statement memory s = statement();
        s.evaluator = enterprise;
        refusesSame(s, keccak256("enterprise, differently"));
    }

    function test_refuses_rules_not_published_for_the_period_or_of_another_kind() public {
        Statement memory s = statement();
        s.method = keccak256("unpublished");
        refusesRule(s, 1, s.method);
        s = statement();
        s.factors = 0;
        refusesRule(s, 2, 0);
        s = statement();
        s.scheme = rule(4);
        refusesRule(s, 3, rule(4));
        s = statement();
        s.benchmarks = keccak256("unpublished");
        refusesRule(s, 4, s.benchmarks);
        s = statement();
        s.template = keccak256("unpublished");
        refusesRule(s, 5, s.template);
        s = statement();
        s.periodEnd = PERIOD_END + 1;
        refusesRule(s, 1, rule(1));
        s = statement();
        s.periodStart = PERIOD_START - 1;
        refusesRule(s, 1, rule(1));
        s = statement();
        (s.template, s.benchmarks) = (0, 0);
        mint(s);
    }

    function test_refuses_a_head_that_was_never_anchored() public {
        Statement memory s = statement();
        s.treeSize = 8761;
        refusesMint(
            s, abi.encodeWithSelector(MintRules.CertificateRegistryNotAnchored.selector, logId, uint64(8761))
        );
        s = statement();
        s.logId = keccak256("another log");
        refusesMint(
            s, abi.encodeWithSelector(MintRules.CertificateRegistryNotAnchored.selector, s.logId, uint64(8760))
        );
    }

    /// @notice INV-13: a certificate belongs to its identifier, and that to its enterprise.
    function test_refuses_an_identifier_that_is_not_the_subject_or_not_the_enterprises() public {
        identifiers.createNode(0, "99", verifier);
        Statement memory s = statement();
        s.identifier = "88/CE-2018-0002";
        refusesIdentifier(s);
        s.identifier = "99/CE-2018-0001";
        refusesIdentifier(s);
        s = statement();
        s.enterprise = identifiers.nodeOf("99");
        refusesIdentifier(s);
        s = statement();
        s.identifier = "88";
        refusesMint(s, abi.encodeWithSelector(IdentifierPath.IdentifierPathForm.selector, "88"));
    }

    function test_refuses_a_recipient_that_does_not_hold_the_node() public {
        Statement memory s = statement();
        s.recipient = vm.addr(301);
        refusesMint(s, abi.encodeWithSelector(MintRules.CertificateRegistryNotHolder.selector, node, s.recipient));
        s = statement();
        s.identifier = "77/CE-2018-0001";
        s.enterprise = identifiers.nodeOf("77");
        s.subject = keccak256(abi.encodePacked(s.enterprise, keccak256("ce-2018-0001")));
        refusesMint(
            s, abi.encodeWithSelector(MintRules.CertificateRegistryNotHolder.selector, s.enterprise, enterprise)
        );
    }

    function test_refuses_no_opinion_but_in_a_demo() public {
        Statement memory s = statement();
        s.opinion = 0;
        refusesField(s, "opinion");
        certificates = registry(true);
        require(certificates.DEMO());
        mint(s);
    }

    function test_refuses_fields_out_of_range() public {
        Statement memory s = statement();
        s.kind = 0;
        refusesField(s, "kind");
        s.kind = 4;
        refusesField(s, "kind");
        s = statement();
        s.periodEnd = s.periodStart;
        refusesField(s, "periodStart");
        s = statement();
        s.periodEnd = NOW + 1;
        refusesField(s, "periodEnd");
        s = statement();
        s.validUntil = NOW;
        refusesField(s, "validUntil");
        s = statement();
        s.site = 0;
        refusesField(s, "site");
        s = statement();
        s.evidenceRoot = 0;
        refusesField(s, "evidenceRoot");
        s = statement();
        s.resultHash = 0;
        refusesField(s, "resultHash");
        s = statement();
        s.coverage = 10_001;
        refusesField(s, "coverage");
        s = statement();
        s.metered = 9001;
        refusesField(s, "metered");
    }

    function test_refuses_fields_that_do_not_fit_the_kind() public {
        Statement memory s = statement();
        s.scheme = 0;
        refusesField(s, "scheme");
        s.kind = 1;
        refusesField(s, "scheme");
        s.grade = 0;
        refusesField(s, "scheme");
        s = statement();
        s.footprint = 1;
        refusesField(s, "footprint");
        s = statement();
        s.quantity = 1;
        refusesField(s, "quantity");
        s.kind = 3;
        s.footprint = 2_100_000;
        mint(s);
    }

    function test_an_emission_statement_needs_no_scheme() public {
        Statement memory s = statement();
        (s.kind, s.grade, s.gradeValue, s.scheme, s.benchmarks, s.template) = (1, 0, 0, 0, 0, 0);
        mint(s);
    }

    function refusesSame(Statement memory s, bytes32 organisation) private {
        refusesMint(s, abi.encodeWithSelector(MintRules.CertificateRegistrySameOrganisation.selector, organisation));
    }

    function refusesRule(Statement memory s, uint8 kind, bytes32 hash) private {
        refusesMint(s, abi.encodeWithSelector(MintRules.CertificateRegistryUnpublished.selector, kind, hash));
    }

    function refusesIdentifier(Statement memory s) private {
        refusesMint(s, abi.encodeWithSelector(MintRules.CertificateRegistryWrongIdentifier.selector, s.identifier));
    }

    function refusesField(Statement memory s, string memory field) private {
        refusesMint(s, abi.encodeWithSelector(MintRules.CertificateRegistryField.selector, field));
    }
}
