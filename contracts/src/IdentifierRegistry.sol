// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IdentifierPath} from "./IdentifierPath.sol";

/// @title The tree of identifier nodes
/// @notice Top node → secondary node → enterprise. A node is created by its parent's holder and has one holder for
/// good; when a holder's key is lost, the parent may reassign the node after a delay that everyone can watch.
contract IdentifierRegistry is AccessManaged {
    /// @notice Seconds between a proposed reassignment and its completion.
    uint64 public constant REASSIGNMENT_DELAY = 14 days;

    struct Node {
        address holder;
        bytes32 parent;
    }

    /// @notice A proposed reassignment.
    /// @param holder who would hold the node; 0 when nothing is proposed
    /// @param completableAt the first Unix second at which it may be completed
    struct Reassignment {
        address holder;
        uint64 completableAt;
    }

    mapping(bytes32 node => Node) private _nodes;
    mapping(bytes32 node => Reassignment) private _reassignments;

    /// @notice A node got its holder.
    event NodeCreated(bytes32 indexed node, bytes32 indexed parent, string label, address indexed holder);
    /// @notice The parent's holder wants another holder from `completableAt` on.
    event ReassignmentProposed(bytes32 indexed node, address indexed holder, uint64 completableAt);
    /// @notice The proposal was taken back.
    event ReassignmentWithdrawn(bytes32 indexed node, address indexed holder);
    /// @notice The node has another holder.
    event NodeReassigned(bytes32 indexed node, address indexed previousHolder, address indexed holder);

    /// @notice The node exists already and keeps its holder.
    error IdentifierRegistryNodeExists(bytes32 node);
    /// @notice No such node.
    error IdentifierRegistryUnknownNode(bytes32 node);
    /// @notice `caller` does not hold the parent node.
    error IdentifierRegistryNotParentHolder(bytes32 parent, address caller);
    /// @notice A holder must not be the zero address.
    error IdentifierRegistryZeroHolder();
    /// @notice Nothing was proposed for this node.
    error IdentifierRegistryNoReassignment(bytes32 node);
    /// @notice The delay is not over.
    error IdentifierRegistryDelayRuns(bytes32 node, uint64 completableAt);

    /// @param authority the AccessManager; its registrar role is to be granted `createNode`, `proposeReassignment`
    /// and `withdrawReassignment`, which it may use for top nodes only
    constructor(address authority) AccessManaged(authority) {}

    /// @notice Creates the child `label` of `parent` for `holder`.
    /// @dev The caller holds `parent`; for a top node (parent 0) the caller has the registrar role.
    /// @param label 1–63 bytes of a–z, 0–9 and the hyphen
    /// @return node keccak256(parent ‖ keccak256(label))
    function createNode(bytes32 parent, string calldata label, address holder) external returns (bytes32 node) {
        _checkParentHolder(parent);
        if (holder == address(0)) revert IdentifierRegistryZeroHolder();
        node = IdentifierPath.node(parent, label);
        if (_nodes[node].holder != address(0)) revert IdentifierRegistryNodeExists(node);
        _nodes[node] = Node(holder, parent);
        emit NodeCreated(node, parent, label, holder);
    }

    /// @notice Announces that `node` shall pass to `holder`; a later proposal replaces an earlier one and its delay.
    function proposeReassignment(bytes32 node, address holder) external {
        _checkParentHolder(_parentOf(node));
        if (holder == address(0)) revert IdentifierRegistryZeroHolder();
        uint64 completableAt = uint64(block.timestamp) + REASSIGNMENT_DELAY;
        _reassignments[node] = Reassignment(holder, completableAt);
        emit ReassignmentProposed(node, holder, completableAt);
    }

    /// @notice Takes the proposal back; the parent's holder, as for proposing.
    function withdrawReassignment(bytes32 node) external {
        _checkParentHolder(_parentOf(node));
        address holder = _proposed(node).holder;
        delete _reassignments[node];
        emit ReassignmentWithdrawn(node, holder);
    }

    /// @notice Completes a proposal whose delay is over; anyone may call.
    function completeReassignment(bytes32 node) external {
        Reassignment memory proposal = _proposed(node);
        if (block.timestamp < proposal.completableAt) {
            revert IdentifierRegistryDelayRuns(node, proposal.completableAt);
        }
        address previous = _nodes[node].holder;
        _nodes[node].holder = proposal.holder;
        delete _reassignments[node];
        emit NodeReassigned(node, previous, proposal.holder);
    }

    /// @notice Who holds a node; 0 for one that does not exist.
    function holderOf(bytes32 node) external view returns (address) {
        return _nodes[node].holder;
    }

    /// @notice The node's parent; 0 for a top node.
    function parentOf(bytes32 node) external view returns (bytes32) {
        return _parentOf(node);
    }

    /// @notice What is proposed for a node.
    function reassignmentOf(bytes32 node) external view returns (Reassignment memory) {
        return _reassignments[node];
    }

    /// @notice The node of a path such as `88.118.20260`, whether it exists or not.
    function nodeOf(string calldata path) external pure returns (bytes32) {
        return IdentifierPath.nodeOf(path);
    }

    /// @notice The node and the leaf of an identifier such as `88.118.20260/CE-2018-0001`.
    function leafOf(string calldata identifier) external pure returns (bytes32 node, bytes32 leaf) {
        return IdentifierPath.leafOf(identifier);
    }

    function _checkParentHolder(bytes32 parent) private {
        if (parent == 0) {
            _checkCanCall(msg.sender, msg.data);
        } else if (_nodes[parent].holder != msg.sender) {
            revert IdentifierRegistryNotParentHolder(parent, msg.sender);
        }
    }

    function _parentOf(bytes32 node) private view returns (bytes32) {
        if (_nodes[node].holder == address(0)) revert IdentifierRegistryUnknownNode(node);
        return _nodes[node].parent;
    }

    function _proposed(bytes32 node) private view returns (Reassignment memory proposal) {
        proposal = _reassignments[node];
        if (proposal.holder == address(0)) revert IdentifierRegistryNoReassignment(node);
    }
}
