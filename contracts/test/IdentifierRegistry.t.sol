// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IdentifierPath} from "../src/IdentifierPath.sol";
import {IdentifierRegistry} from "../src/IdentifierRegistry.sol";
import {Scene} from "./Vm.sol";

contract IdentifierRegistryTest is Scene {
    address private constant REGISTRAR = address(0xE6);
    address private constant TOP = address(0x88);
    address private constant SECONDARY = address(0x118);
    address private constant ENTERPRISE = address(0x20260);
    address private constant STRANGER = address(0x5);

    IdentifierRegistry private identifiers;
    bytes32 private top;

    function setUp() public {
        vm.warp(1_514_736_000);
        AccessManager manager = new AccessManager(address(this));
        identifiers = new IdentifierRegistry(address(manager));
        bytes4[] memory selectors = new bytes4[](3);
        selectors[0] = IdentifierRegistry.createNode.selector;
        selectors[1] = IdentifierRegistry.proposeReassignment.selector;
        selectors[2] = IdentifierRegistry.withdrawReassignment.selector;
        manager.setTargetFunctionRole(address(identifiers), selectors, 1);
        manager.grantRole(1, REGISTRAR, 0);
        vm.prank(REGISTRAR);
        top = identifiers.createNode(0, "88", TOP);
    }

    function test_nodes_are_hashed_label_by_label() public {
        bytes32 expected = keccak256(abi.encodePacked(top, keccak256("118")));
        vm.expectEmit(address(identifiers));
        emit IdentifierRegistry.NodeCreated(expected, top, "118", SECONDARY);
        vm.prank(TOP);
        bytes32 secondary = identifiers.createNode(top, "118", SECONDARY);
        vm.prank(SECONDARY);
        bytes32 enterprise = identifiers.createNode(secondary, "20260", ENTERPRISE);
        same(secondary, expected);
        same(top, keccak256(abi.encodePacked(bytes32(0), keccak256("88"))));
        same(identifiers.nodeOf("88.118.20260"), enterprise);
        same(identifiers.holderOf(enterprise), ENTERPRISE);
        same(identifiers.parentOf(enterprise), secondary);
    }

    function test_createNode_is_for_the_parent_holder_and_the_registrar() public {
        vm.prank(STRANGER);
        vm.expectRevert(
            abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryNotParentHolder.selector, top, STRANGER)
        );
        identifiers.createNode(top, "118", STRANGER);
        vm.prank(REGISTRAR);
        vm.expectRevert(
            abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryNotParentHolder.selector, top, REGISTRAR)
        );
        identifiers.createNode(top, "118", SECONDARY);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, STRANGER));
        identifiers.createNode(0, "99", STRANGER);
    }

    function test_createNode_refuses_a_second_holder_and_none() public {
        vm.prank(REGISTRAR);
        vm.expectRevert(abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryNodeExists.selector, top));
        identifiers.createNode(0, "88", STRANGER);
        vm.prank(REGISTRAR);
        refuses(IdentifierRegistry.IdentifierRegistryZeroHolder.selector);
        identifiers.createNode(0, "99", address(0));
    }

    function test_labels_are_restricted() public {
        string[8] memory wrong =
            ["", "A", "a.b", "a/b", "a b", unicode"碳", "a_b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.prank(TOP);
            vm.expectRevert(abi.encodeWithSelector(IdentifierPath.IdentifierPathLabel.selector, wrong[i]));
            identifiers.createNode(top, wrong[i], SECONDARY);
        }
        vm.prank(TOP);
        identifiers.createNode(top, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", SECONDARY);
        vm.prank(TOP);
        identifiers.createNode(top, "0-z", SECONDARY);
    }

    function test_leaves_ignore_ascii_case_only() public view {
        (bytes32 node, bytes32 leaf) = identifiers.leafOf(unicode"88.118/CE-2018-É/x");
        same(node, identifiers.nodeOf("88.118"));
        same(leaf, keccak256(abi.encodePacked(node, keccak256(unicode"ce-2018-É/x"))));
    }

    function test_leafOf_refuses_what_is_no_identifier() public {
        string[6] memory wrong = ["", "88.118", "88.118/", "88.118/a b", "88.118/a\n", "88.118/\x7f"];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IdentifierPath.IdentifierPathForm.selector, wrong[i]));
            identifiers.leafOf(wrong[i]);
        }
        vm.expectRevert();
        identifiers.leafOf("/a");
        bytes memory long = new bytes(256);
        for (uint256 i = 0; i < 256; ++i) long[i] = "a";
        (long[2]) = "/";
        vm.expectRevert(abi.encodeWithSelector(IdentifierPath.IdentifierPathForm.selector, string(long)));
        identifiers.leafOf(string(long));
    }

    function test_a_lost_key_is_replaced_after_a_public_delay() public {
        vm.prank(TOP);
        bytes32 node = identifiers.createNode(top, "118", SECONDARY);
        uint64 ready = uint64(block.timestamp) + identifiers.REASSIGNMENT_DELAY();
        vm.expectEmit(address(identifiers));
        emit IdentifierRegistry.ReassignmentProposed(node, ENTERPRISE, ready);
        vm.prank(TOP);
        identifiers.proposeReassignment(node, ENTERPRISE);
        same(identifiers.reassignmentOf(node).holder, ENTERPRISE);
        vm.warp(ready - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryDelayRuns.selector, node, ready)
        );
        identifiers.completeReassignment(node);
        vm.warp(ready);
        vm.expectEmit(address(identifiers));
        emit IdentifierRegistry.NodeReassigned(node, SECONDARY, ENTERPRISE);
        identifiers.completeReassignment(node);
        same(identifiers.holderOf(node), ENTERPRISE);
        vm.expectRevert(
            abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryNoReassignment.selector, node)
        );
        identifiers.completeReassignment(node);
    }

    function test_reassignment_belongs_to_the_parent() public {
        vm.prank(TOP);
        bytes32 node = identifiers.createNode(top, "118", SECONDARY);
        bytes memory refused =
            abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryNotParentHolder.selector, top, SECONDARY);
        vm.prank(SECONDARY);
        vm.expectRevert(refused);
        identifiers.proposeReassignment(node, STRANGER);
        vm.prank(TOP);
        identifiers.proposeReassignment(node, ENTERPRISE);
        vm.prank(SECONDARY);
        vm.expectRevert(refused);
        identifiers.withdrawReassignment(node);
        vm.expectEmit(address(identifiers));
        emit IdentifierRegistry.ReassignmentWithdrawn(node, ENTERPRISE);
        vm.prank(TOP);
        identifiers.withdrawReassignment(node);
        vm.warp(block.timestamp + 365 days);
        vm.expectRevert(
            abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryNoReassignment.selector, node)
        );
        identifiers.completeReassignment(node);
    }

    function test_reassignment_of_a_top_node_belongs_to_the_registrar() public {
        vm.prank(TOP);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, TOP));
        identifiers.proposeReassignment(top, STRANGER);
        vm.prank(REGISTRAR);
        identifiers.proposeReassignment(top, SECONDARY);
        vm.warp(block.timestamp + identifiers.REASSIGNMENT_DELAY());
        identifiers.completeReassignment(top);
        same(identifiers.holderOf(top), SECONDARY);
    }

    function test_reassignment_needs_a_node_and_a_holder() public {
        bytes32 unknown = identifiers.nodeOf("88.999");
        vm.expectRevert(abi.encodeWithSelector(IdentifierRegistry.IdentifierRegistryUnknownNode.selector, unknown));
        identifiers.proposeReassignment(unknown, STRANGER);
        vm.prank(REGISTRAR);
        refuses(IdentifierRegistry.IdentifierRegistryZeroHolder.selector);
        identifiers.proposeReassignment(top, address(0));
    }
}
