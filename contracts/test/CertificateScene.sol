// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {AnchorLog} from "../src/AnchorLog.sol";
import {CertificateRegistry} from "../src/CertificateRegistry.sol";
import {IdentifierRegistry} from "../src/IdentifierRegistry.sol";
import {RuleRegistry} from "../src/RuleRegistry.sol";
import {Statement} from "../src/Statement.sol";
import {Scene} from "./Vm.sol";

/// @notice A deployment in which `statement()` can be minted: what a test changes is what it is refused for.
/// @dev The test contract is the manager's admin and so has every role.
abstract contract CertificateScene is Scene {
    uint64 internal constant PERIOD_START = 1_514_736_000;
    uint64 internal constant PERIOD_END = 1_546_272_000;
    uint64 internal constant NOW = PERIOD_END + 30 days;
    bytes32 internal constant EVALUATOR_ORGANISATION = keccak256("evaluator's organisation");
    bytes32 internal constant VERIFIER_ORGANISATION = keccak256("verifier's organisation");
    uint256 internal constant ENTERPRISE_KEY = 101;
    uint256 internal constant EVALUATOR_KEY = 102;
    uint256 internal constant VERIFIER_KEY = 103;

    AccessManager internal manager;
    IdentifierRegistry internal identifiers;
    AnchorLog internal anchors;
    RuleRegistry internal rules;
    CertificateRegistry internal certificates;
    address internal enterprise;
    address internal evaluator;
    address internal verifier;
    bytes32 internal node;
    bytes32 internal logId;

    function setUp() public virtual {
        vm.warp(PERIOD_START);
        enterprise = vm.addr(ENTERPRISE_KEY);
        evaluator = vm.addr(EVALUATOR_KEY);
        verifier = vm.addr(VERIFIER_KEY);
        manager = new AccessManager(address(this));
        identifiers = new IdentifierRegistry(address(manager));
        anchors = new AnchorLog();
        rules = new RuleRegistry(address(manager));
        certificates = registry(false);
        node = identifiers.createNode(0, "88", enterprise);
        logId = anchors.createLog("example.org/log", bytes32(uint256(7)), new bytes(64), address(this));
        anchors.anchor(logId, 8760, keccak256("root"), new bytes32[](0));
        for (uint8 kind = 1; kind <= 5; ++kind) {
            rules.publish(kind, vm.toString(kind), rule(kind), "", PERIOD_START, PERIOD_END);
        }
        vm.warp(NOW);
    }

    function registry(bool demo) internal returns (CertificateRegistry made) {
        made = new CertificateRegistry(address(manager), identifiers, anchors, rules, demo);
        made.accredit(evaluator, EVALUATOR_ORGANISATION, 1, 0, PERIOD_START, NOW + 365 days);
        made.accredit(verifier, VERIFIER_ORGANISATION, 2, 0, PERIOD_START, NOW + 365 days);
    }

    function rule(uint8 kind) internal pure returns (bytes32) {
        return keccak256(abi.encode("rule", kind));
    }

    function leaf(string memory lowered) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(node, keccak256(bytes(lowered))));
    }

    function statement() internal view returns (Statement memory s) {
        s.kind = 2;
        s.subject = leaf("ce-2018-0001");
        s.identifier = "88/CE-2018-0001";
        s.enterprise = node;
        (s.recipient, s.evaluator, s.verifier) = (enterprise, evaluator, verifier);
        (s.periodStart, s.periodEnd) = (PERIOD_START, PERIOD_END);
        s.site = keccak256("site");
        (s.method, s.factors, s.scheme, s.benchmarks, s.template) = (rule(1), rule(2), rule(3), rule(4), rule(5));
        (s.logId, s.treeSize) = (logId, 8760);
        s.evidenceRoot = keccak256("evidence");
        s.resultHash = keccak256("result");
        (s.grade, s.gradeValue) = (3, 1_250_000);
        s.figures = keccak256("figures");
        s.unit = "tCO2";
        (s.coverage, s.metered, s.declared, s.defaulted, s.estimated) = (9900, 9000, 500, 400, 100);
        s.assurance = 1;
        s.opinion = keccak256("opinion");
        (s.validUntil, s.submitBefore) = (NOW + 365 days, NOW + 7 days);
    }

    function mint(Statement memory s) internal returns (uint256) {
        bytes32 digest = certificates.digest(s);
        (bytes memory a, bytes memory b, bytes memory c) =
            (signed(ENTERPRISE_KEY, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest));
        vm.prank(s.recipient);
        return certificates.mint(s, a, b, c);
    }

    function refusesMint(Statement memory s, bytes memory reason) internal {
        bytes32 digest = certificates.digest(s);
        (bytes memory a, bytes memory b, bytes memory c) =
            (signed(ENTERPRISE_KEY, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest));
        vm.prank(s.recipient);
        vm.expectRevert(reason);
        certificates.mint(s, a, b, c);
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
