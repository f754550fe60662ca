// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {AnchorLog} from "../src/AnchorLog.sol";
import {IdentifierRegistry} from "../src/IdentifierRegistry.sol";
import {ReadingVerifier} from "../src/ReadingVerifier.sol";
import {TerminalRegistry} from "../src/TerminalRegistry.sol";
import {Scene} from "./Vm.sol";

/// @notice A meter, its log, and frames written out byte by byte.
abstract contract ReadingScene is Scene {
    uint256 internal constant ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;
    uint256 internal constant KEY = 11;
    string internal constant ISS = "88.118.20260";
    string internal constant SUB = "88.118.20260/EQ-0001";
    uint64 internal constant START = 1_514_736_000;
    /// @dev One record: 3.17 kWh of a quarter of an hour.
    bytes internal constant PACK =
        hex"81a7006b45512d303030312f6b576802c4822119013d061903842018" hex"1a216d38382e3131382e32303236302f221a5a48fb7023636b5768";

    AnchorLog internal anchors;
    TerminalRegistry internal terminals;
    ReadingVerifier internal readings;
    bytes32 internal logId;

    function build() internal {
        vm.warp(START);
        AccessManager manager = new AccessManager(address(this));
        IdentifierRegistry identifiers = new IdentifierRegistry(address(manager));
        terminals = new TerminalRegistry(identifiers);
        anchors = new AnchorLog();
        readings = new ReadingVerifier(terminals, anchors);
        bytes32 node = identifiers.createNode(0, "88", address(this));
        node = identifiers.createNode(node, "118", address(this));
        identifiers.createNode(node, "20260", address(this));
        logId = anchors.createLog("example.org/log", bytes32(uint256(7)), new bytes(64), address(this));
    }

    function enrol(uint256 key, uint8 class, bytes32 log, uint64 due) internal returns (bytes32 id) {
        (bytes32 x, bytes32 y) = coordinates(key);
        TerminalRegistry.Enrolment memory e = TerminalRegistry.Enrolment(
            ISS, SUB, -7, abi.encode(x, y), class, log, due
        );
        bytes memory message = abi.encode(block.chainid, address(terminals), ISS, SUB, kidOf(key));
        return terminals.enrol(e, signed(key, message));
    }

    /// @dev The frame as the meter's profile has it.
    function frameOf(uint256 key, uint64 iat, bytes memory payload) internal pure returns (bytes memory) {
        return envelope(key, header(key, iat), payload);
    }

    function header(uint256 key, uint64 iat) internal pure returns (bytes memory) {
        return bytes.concat(hex"a6", fields(key, iat));
    }

    function fields(uint256 key, uint64 iat) internal pure returns (bytes memory) {
        return bytes.concat(
            hex"0126031870045820", kidOf(key), hex"0fa301", text(ISS), hex"02", text(SUB), hex"061a",
            bytes4(uint32(iat)), hex"6373657107", hex"64707265765820", keccak256("before")
        );
    }

    function envelope(
        uint256 key,
        bytes memory protected_,
        bytes memory payload
    ) internal pure returns (bytes memory) {
        bytes memory head = string_(0x40, protected_);
        bytes memory body = string_(0x40, payload);
        bytes memory structure = bytes.concat(hex"846a5369676e617475726531", head, hex"40", body);
        return bytes.concat(hex"d284", head, hex"a0", body, hex"5840", signed(key, structure));
    }

    function text(string memory value) internal pure returns (bytes memory) {
        return string_(0x60, bytes(value));
    }

    /// @dev A CBOR string in its shortest form.
    function string_(uint8 major, bytes memory value) internal pure returns (bytes memory) {
        if (value.length < 24) return bytes.concat(bytes1(major + uint8(value.length)), value);
        if (value.length < 256) return bytes.concat(bytes1(major + 24), bytes1(uint8(value.length)), value);
        return bytes.concat(bytes1(major + 25), bytes2(uint16(value.length)), value);
    }

    function signed(uint256 key, bytes memory message) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s) = vm.signP256(key, sha256(message));
        return abi.encode(r, uint256(s) > ORDER / 2 ? ORDER - uint256(s) : uint256(s));
    }

    function kidOf(uint256 key) internal pure returns (bytes32) {
        (bytes32 x, bytes32 y) = coordinates(key);
        return sha256(abi.encodePacked(hex"a401022001215820", x, hex"225820", y));
    }

    function coordinates(uint256 key) internal pure returns (bytes32, bytes32) {
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        return (bytes32(x), bytes32(y));
    }

    /// @dev Anchors a head whose tree holds nothing but this frame.
    function anchorAlone(bytes memory frame) internal returns (ReadingVerifier.Place memory place) {
        return anchorAt(frame, 0, 1, new bytes32[](0));
    }

    /// @dev Anchors the log's first head: the root to which `path` leads from the frame at `index`.
    function anchorAt(
        bytes memory frame,
        uint64 index,
        uint64 size,
        bytes32[] memory path
    ) internal returns (ReadingVerifier.Place memory place) {
        bytes32 root = sha256(abi.encodePacked(bytes1(0x00), sha256(frame)));
        (uint64 left, uint64 right) = (index, size - 1);
        for (uint256 i = 0; i < path.length; ++i) {
            if (left % 2 == 1 || left == right) {
                root = sha256(abi.encodePacked(bytes1(0x01), path[i], root));
                while (left % 2 == 0 && left != 0) (left, right) = (left / 2, right / 2);
            } else {
                root = sha256(abi.encodePacked(bytes1(0x01), root, path[i]));
            }
            (left, right) = (left / 2, right / 2);
        }
        anchors.anchor(logId, size, root, new bytes32[](0));
        AnchorLog.Head memory head = AnchorLog.Head(size, root, uint64(block.timestamp));
        return ReadingVerifier.Place(head, 0, index, path);
    }
}
