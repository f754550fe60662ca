// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {RuleRegistry} from "../src/RuleRegistry.sol";
import {Scene} from "./Vm.sol";

/// @notice INV-15: a published version never changes.
contract RuleRegistryTest is Scene {
    address private constant PUBLISHER = address(0xB0);
    bytes32 private constant HASH = keccak256("file");

    RuleRegistry private rules;

    function setUp() public {
        AccessManager manager = new AccessManager(address(this));
        rules = new RuleRegistry(address(manager));
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = RuleRegistry.publish.selector;
        manager.setTargetFunctionRole(address(rules), selectors, 3);
        manager.grantRole(3, PUBLISHER, 0);
    }

    function test_publish_is_for_the_publisher() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        rules.publish(1, "general/1", HASH, "", 100, 200);
    }

    function test_a_rule_serves_the_periods_inside_its_validity() public {
        vm.expectEmit(address(rules));
        emit RuleRegistry.RulePublished(HASH, 1, "general/1", "file:general.toml", 100, 200);
        publish(1, "general/1", HASH, 100, 200);
        require(rules.isPublished(HASH, 100, 200), "all");
        require(rules.isPublished(HASH, 120, 121), "inside");
        require(!rules.isPublished(HASH, 99, 200), "too early");
        require(!rules.isPublished(HASH, 100, 201), "too late");
        require(!rules.isPublished(HASH, 150, 150), "no period");
        require(!rules.isPublished(keccak256("other"), 100, 200), "unknown");
        require(rules.isPublishedAs(1, HASH, 100, 200), "kind");
        require(!rules.isPublishedAs(2, HASH, 100, 200), "another kind");
        require(!rules.isPublishedAs(0, keccak256("other"), 100, 200), "no kind");
        same(rules.hashOf("general/1"), HASH);
        same(rules.rule(HASH).kind, 1);
        same(keccak256(bytes(rules.rule(HASH).identity)), keccak256("general/1"));
    }

    function test_a_version_has_one_hash_and_a_hash_one_version() public {
        publish(1, "general/1", HASH, 100, 200);
        vm.prank(PUBLISHER);
        vm.expectRevert(
            abi.encodeWithSelector(RuleRegistry.RuleRegistryIdentityTaken.selector, "general/1", HASH)
        );
        rules.publish(1, "general/1", keccak256("changed"), "", 100, 200);
        vm.prank(PUBLISHER);
        vm.expectRevert(abi.encodeWithSelector(RuleRegistry.RuleRegistryHashTaken.selector, HASH, "general/1"));
        rules.publish(2, "general/2", HASH, "", 100, 900);
    }

    function test_publish_refuses_what_is_incomplete() public {
        for (uint8 kind = 0; kind < 7; kind += 6) {
            vm.prank(PUBLISHER);
            vm.expectRevert(abi.encodeWithSelector(RuleRegistry.RuleRegistryKind.selector, kind));
            rules.publish(kind, "x", HASH, "", 100, 200);
        }
        vm.prank(PUBLISHER);
        refuses(RuleRegistry.RuleRegistryEmpty.selector);
        rules.publish(1, "", HASH, "", 100, 200);
        vm.prank(PUBLISHER);
        refuses(RuleRegistry.RuleRegistryEmpty.selector);
        rules.publish(1, "x", 0, "", 100, 200);
        vm.prank(PUBLISHER);
        vm.expectRevert(abi.encodeWithSelector(RuleRegistry.RuleRegistryValidity.selector, uint64(200), uint64(200)));
        rules.publish(1, "x", HASH, "", 200, 200);
    }

    function publish(uint8 kind, string memory identity, bytes32 hash, uint64 from, uint64 until) private {
        vm.prank(PUBLISHER);
        rules.publish(kind, identity, hash, "file:general.toml", from, until);
    }
}
