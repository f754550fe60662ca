// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogProof} from "./LogProof.sol";

/// @title The referee of append-only logs
/// @notice Holds, for every log, each tree head with the time of its block. A head is accepted only from the log's
/// operator, only if it is larger than the last one, and only with an RFC 9162 consistency proof from the last one.
/// @dev Nothing here can be paused and no role stands above a log's creator and operator. Frozen storage: slot 0
/// `_logs`, slot 1 `_heads`, slot 2 `_nonces` (docs/formats/contracts.md).
contract AnchorLog {
    /// @notice A tree head as it was anchored.
    /// @param size number of leaves
    /// @param root RFC 9162 root of the tree
    /// @param time Unix seconds of the anchoring block
    struct Head {
        uint64 size;
        bytes32 root;
        uint64 time;
    }

    /// @dev `operator`, `size` and `time` share one slot; uint48 holds 2.8e14 leaves and seconds.
    struct Log {
        address operator;
        uint48 size;
        uint48 time;
        bytes32 root;
        address creator;
        bytes32 noteKeyHash;
        bytes32 promiseKeyHash;
        string origin;
    }

    mapping(bytes32 logId => Log) private _logs;

    /// @dev keccak256(abi.encodePacked(root, time, previousSize)) per size: the list of heads is complete by itself.
    mapping(bytes32 logId => mapping(uint64 size => bytes32)) private _heads;

    mapping(address creator => uint256) private _nonces;

    /// @notice A log was created.
    event LogCreated(
        bytes32 indexed logId,
        address indexed creator,
        address indexed operator,
        string origin,
        uint256 nonce,
        bytes32 noteKeyHash,
        bytes promiseKey
    );
    /// @notice A tree head was accepted; `previousSize` is the size of the head before it, 0 for the first.
    event TreeHeadAnchored(bytes32 indexed logId, uint64 size, bytes32 root, uint64 time, uint64 previousSize);
    /// @notice Another account may anchor from now on.
    event OperatorRotated(bytes32 indexed logId, address indexed previousOperator, address indexed operator);
    /// @notice Checkpoints are signed by another key from now on.
    event NoteKeyRotated(bytes32 indexed logId, bytes32 previousNoteKeyHash, bytes32 noteKeyHash);
    /// @notice Promises are signed by another key from now on; `promiseKey` is x‖y on P-256.
    event PromiseKeyRotated(bytes32 indexed logId, bytes32 previousPromiseKeyHash, bytes promiseKey);

    /// @notice No such log.
    error AnchorLogUnknown(bytes32 logId);
    /// @notice `caller` is not the log's operator.
    error AnchorLogNotOperator(bytes32 logId, address caller);
    /// @notice `caller` is not the log's creator.
    error AnchorLogNotCreator(bytes32 logId, address caller);
    /// @notice An operator must not be the zero address.
    error AnchorLogZeroOperator();
    /// @notice An origin has 1 to 255 bytes.
    error AnchorLogOriginLength(uint256 length);
    /// @notice A note key's hash must not be zero.
    error AnchorLogZeroNoteKey();
    /// @notice A promise key is x‖y, 64 bytes.
    error AnchorLogPromiseKeyLength(uint256 length);
    /// @notice The new tree is not larger than the last one.
    error AnchorLogNotLarger(uint64 lastSize, uint64 newSize);
    /// @notice No log grows to 2^48 leaves.
    error AnchorLogTooLarge(uint64 newSize);
    /// @notice The proof does not show that the new tree extends the last one.
    error AnchorLogInconsistent(uint64 lastSize, uint64 newSize);

    /// @notice Creates an empty log; the caller alone may later rotate its operator and keys.
    /// @param origin the log's name as it stands in its checkpoints (C2SP tlog-checkpoint)
    /// @param noteKeyHash keccak256(signature type byte ‖ public key) of the key that signs checkpoints
    /// @param promiseKey x‖y of the P-256 key that signs promises
    /// @param operator the account that anchors
    /// @return logId keccak256(abi.encode(chain id, this contract, caller, origin, the caller's nonce from 0))
    function createLog(
        string calldata origin,
        bytes32 noteKeyHash,
        bytes calldata promiseKey,
        address operator
    ) external returns (bytes32 logId) {
        if (operator == address(0)) revert AnchorLogZeroOperator();
        if (noteKeyHash == 0) revert AnchorLogZeroNoteKey();
        if (promiseKey.length != 64) revert AnchorLogPromiseKeyLength(promiseKey.length);
        uint256 length = bytes(origin).length;
        if (length == 0 || length > 255) revert AnchorLogOriginLength(length);

        uint256 nonce = _nonces[msg.sender]++;
        logId = keccak256(abi.encode(block.chainid, address(this), msg.sender, origin, nonce));
        Log storage entry = _logs[logId];
        entry.operator = operator;
        entry.creator = msg.sender;
        entry.noteKeyHash = noteKeyHash;
        entry.promiseKeyHash = keccak256(promiseKey);
        entry.origin = origin;
        emit LogCreated(logId, msg.sender, operator, origin, nonce, noteKeyHash, promiseKey);
    }

    /// @notice Anchors the log's next tree head at this block's time.
    /// @param logId the log, of which the caller is the operator
    /// @param newSize leaves of the new tree, more than the last head's
    /// @param newRoot its root
    /// @param consistencyProof RFC 9162 proof from the last head; empty for the first head
    function anchor(
        bytes32 logId,
        uint64 newSize,
        bytes32 newRoot,
        bytes32[] calldata consistencyProof
    ) external {
        Log storage entry = _logs[logId];
        if (entry.operator != msg.sender) revert AnchorLogNotOperator(logId, msg.sender);
        uint64 lastSize = entry.size;
        if (newSize <= lastSize) revert AnchorLogNotLarger(lastSize, newSize);
        if (newSize > type(uint48).max) revert AnchorLogTooLarge(newSize);
        bool consistent = lastSize == 0
            ? consistencyProof.length == 0
            : LogProof.isExtension(lastSize, entry.root, newSize, newRoot, consistencyProof);
        if (!consistent) revert AnchorLogInconsistent(lastSize, newSize);

        uint64 time = uint64(block.timestamp);
        entry.size = uint48(newSize);
        entry.time = uint48(time);
        entry.root = newRoot;
        _heads[logId][newSize] = _headHash(newRoot, time, lastSize);
        emit TreeHeadAnchored(logId, newSize, newRoot, time, lastSize);
    }

    /// @notice Lets another account anchor; only the log's creator decides.
    function rotateOperator(bytes32 logId, address operator) external {
        Log storage entry = _createdByCaller(logId);
        if (operator == address(0)) revert AnchorLogZeroOperator();
        address previous = entry.operator;
        entry.operator = operator;
        emit OperatorRotated(logId, previous, operator);
    }

    /// @notice Lets another key sign checkpoints; only the log's creator decides.
    function rotateNoteKey(bytes32 logId, bytes32 noteKeyHash) external {
        Log storage entry = _createdByCaller(logId);
        if (noteKeyHash == 0) revert AnchorLogZeroNoteKey();
        bytes32 previous = entry.noteKeyHash;
        entry.noteKeyHash = noteKeyHash;
        emit NoteKeyRotated(logId, previous, noteKeyHash);
    }

    /// @notice Lets another key (x‖y on P-256) sign promises; only the log's creator decides.
    function rotatePromiseKey(bytes32 logId, bytes calldata promiseKey) external {
        Log storage entry = _createdByCaller(logId);
        if (promiseKey.length != 64) revert AnchorLogPromiseKeyLength(promiseKey.length);
        bytes32 previous = entry.promiseKeyHash;
        entry.promiseKeyHash = keccak256(promiseKey);
        emit PromiseKeyRotated(logId, previous, promiseKey);
    }

    /// @notice The newest head; all zero before the first anchor.
    function latest(bytes32 logId) external view returns (uint64 size, bytes32 root, uint64 time) {
        Log storage entry = _logs[logId];
        return (entry.size, entry.root, entry.time);
    }

    /// @notice Who operates a log and which keys sign for it; all empty for a log that does not exist.
    function log(
        bytes32 logId
    ) external view returns (address operator, bytes32 noteKeyHash, bytes32 promiseKeyHash, string memory origin) {
        Log storage entry = _logs[logId];
        return (entry.operator, entry.noteKeyHash, entry.promiseKeyHash, entry.origin);
    }

    /// @notice The account that created a log and may rotate its operator and keys.
    function creatorOf(bytes32 logId) external view returns (address) {
        return _logs[logId].creator;
    }

    /// @notice keccak256(abi.encodePacked(root, time, previousSize)) of the head of `size`, or 0 if none was anchored.
    function headHash(bytes32 logId, uint64 size) external view returns (bytes32) {
        return _heads[logId][size];
    }

    /// @notice Whether exactly this head was anchored, at `time`, directly after the head of `previousSize`.
    function isAnchored(
        bytes32 logId,
        uint64 size,
        bytes32 root,
        uint64 time,
        uint64 previousSize
    ) external view returns (bool) {
        return _isAnchored(logId, Head(size, root, time), previousSize);
    }

    /// @notice Whether all `heads` were anchored, each directly after the one before it, the first directly after
    /// the head of `previousSize`: one call proves a year of heads, and that none was left out.
    /// @dev False for an empty list.
    function verifyHeads(
        bytes32 logId,
        uint64 previousSize,
        Head[] calldata heads
    ) external view returns (bool) {
        for (uint256 i = 0; i < heads.length; ++i) {
            if (!_isAnchored(logId, heads[i], previousSize)) return false;
            previousSize = heads[i].size;
        }
        return heads.length != 0;
    }

    /// @notice Whether `digest` is leaf `index` of the anchored tree `head`.
    /// @param head the anchored head, directly after the head of `previousSize`
    /// @param digest the log entry: SHA-256 of the frame
    /// @param path RFC 9162 inclusion path, from the leaf upwards
    function verifyInclusion(
        bytes32 logId,
        Head calldata head,
        uint64 previousSize,
        uint64 index,
        bytes32 digest,
        bytes32[] calldata path
    ) external view returns (bool) {
        return _isAnchored(logId, head, previousSize) && LogProof.isIncluded(index, head.size, head.root, digest, path);
    }

    function _isAnchored(bytes32 logId, Head memory head, uint64 previousSize) private view returns (bool) {
        return _heads[logId][head.size] == _headHash(head.root, head.time, previousSize);
    }

    function _headHash(bytes32 root, uint64 time, uint64 previousSize) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(root, time, previousSize));
    }

    function _createdByCaller(bytes32 logId) private view returns (Log storage entry) {
        entry = _logs[logId];
        if (entry.creator == address(0)) revert AnchorLogUnknown(logId);
        if (entry.creator != msg.sender) revert AnchorLogNotCreator(logId, msg.sender);
    }
}
