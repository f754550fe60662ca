// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorLog} from "../src/AnchorLog.sol";
import {FrameBytes} from "../src/FrameBytes.sol";
import {ReadingVerifier} from "../src/ReadingVerifier.sol";
import {ReadingScene} from "./ReadingScene.sol";

/// @dev A log that holds everything: behind it a frame is refused for itself or for its key alone.
contract EveryLog {
    function verifyInclusion(
        bytes32,
        AnchorLog.Head calldata,
        uint64,
        uint64,
        bytes32,
        bytes32[] calldata
    ) external pure returns (bool) {
        return true;
    }
}

/// @notice INV-01, INV-05, INV-06, INV-18, INV-22, INV-23: what no contract is told to be a reading.
contract ReadingVerifierTest is ReadingScene {
    uint64 private constant NOW = START + 3_600;

    bytes32 private terminal;
    /// @dev Trusts `EveryLog`.
    ReadingVerifier private open;

    function setUp() public {
        build();
        terminal = enrol(KEY, 1, logId, 0);
        open = new ReadingVerifier(terminals, AnchorLog(address(new EveryLog())));
        vm.warp(NOW);
    }

    function test_a_reading_is_proven_with_its_payload() public {
        bytes memory frame = frameOf(KEY, NOW - 60, PACK);
        (bytes32 digest, bytes32 id, bytes memory payload) = verify(readings, frame, anchorAlone(frame));
        same(digest, sha256(frame));
        same(id, terminal);
        same(keccak256(payload), keccak256(PACK));
    }

    function test_gas_of_a_frame_of_556_bytes_in_a_large_log() public {
        bytes32[] memory path = new bytes32[](20);
        for (uint256 i = 0; i < 20; ++i) path[i] = keccak256(abi.encode(i)) | bytes32(type(uint256).max / 255);
        bytes memory frame = frameOf(KEY, NOW, filler(556));
        ReadingVerifier.Place memory place = anchorAt(frame, 123_456, 1 << 20, path);
        verify(readings, frame, place);
        string memory name = "verify a frame of 556 bytes among 2^20, called by a contract";
        vm.snapshotValue("ReadingVerifier", name, vm.lastCallGas().gasTotalUsed);
    }

    function test_the_longest_frame_is_proven_and_one_byte_more_refused() public {
        verify(open, frameOf(KEY, NOW, filler(4096)), anyPlace(NOW));
        refuses(
            open, frameOf(KEY, NOW, filler(4097)), NOW,
            abi.encodeWithSelector(FrameBytes.FrameBytesLength.selector, 4097)
        );
    }

    function test_seen_and_corrects_stand_in_their_order_or_not_at_all() public view {
        bytes memory basis = fields(KEY, NOW);
        bytes memory seen = bytes.concat(hex"647365656e821903e85820", keccak256("root"));
        bytes memory corrects = bytes.concat(hex"68636f7272656374735820", keccak256("corrected"));
        verify(open, envelope(KEY, bytes.concat(hex"a7", basis, seen), PACK), anyPlace(NOW));
        verify(open, envelope(KEY, bytes.concat(hex"a7", basis, corrects), PACK), anyPlace(NOW));
        verify(open, envelope(KEY, bytes.concat(hex"a8", basis, seen, corrects), PACK), anyPlace(NOW));
        refusesForm(bytes.concat(hex"a8", basis, corrects, seen));
        refusesForm(bytes.concat(hex"a8", basis, seen, seen));
        refusesForm(bytes.concat(hex"a6", basis, seen));
        refusesForm(bytes.concat(hex"a7", basis));
        refusesForm(bytes.concat(hex"a7", basis, hex"617801"));
        refusesForm(bytes.concat(hex"a7", basis, hex"647365656e82005820", keccak256("root")));
        refusesForm(bytes.concat(hex"a7", basis, hex"647365656e82175820", bytes31(keccak256("root"))));
    }

    function test_only_the_shortest_form_is_one_frame() public view {
        bytes memory head = header(KEY, NOW);
        bytes memory body = string_(0x40, PACK);
        bytes memory protected_ = string_(0x40, head);
        bytes memory longer = bytes.concat(hex"5900", bytes1(uint8(head.length)), head);
        refusesForm(signedParts(longer, hex"a0", body), 2);
        refusesForm(signedParts(protected_, hex"a0", bytes.concat(hex"5900", bytes1(uint8(PACK.length)), PACK)), 0);
        refusesForm(signedParts(protected_, hex"b800", body), 0);
        refusesForm(signedParts(protected_, hex"a10102", body), 0);
        refusesForm(bytes.concat(frameOf(KEY, NOW, PACK), hex"00"), 0);
        refusesForm("", 0);
        refusesForm(hex"d2", 0);
        refusesForm(hex"d284", 2);
        refusesForm(hex"d28440a04058", 5);
    }

    function test_a_document_and_another_algorithm_are_no_readings() public view {
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory head = header(KEY, NOW);
            if (i == 0) head[2] = 0x27;
            else if (i == 1) head = bytes.concat(hex"a60126", hex"03183c", bytes.concat(fields(KEY, NOW)));
            else head[3] = 0x02;
            refusesForm(head);
        }
    }

    function test_a_key_counts_from_its_block_to_its_end() public {
        bytes memory frame = frameOf(KEY, START, PACK);
        verify(open, frame, anyPlace(START));
        refuses(
            open, frame, START - 1,
            abi.encodeWithSelector(ReadingVerifier.ReadingVerifierNotYet.selector, terminal, START, START - 1)
        );
        terminals.revoke(terminal, 1);
        verify(open, frame, anyPlace(NOW - 1));
        refuses(
            open, frame, NOW,
            abi.encodeWithSelector(ReadingVerifier.ReadingVerifierEnded.selector, terminal, NOW, NOW)
        );
    }

    function test_only_meters_in_calibration_read() public {
        bytes32 officer = enrol(12, 2, logId, 0);
        bytes memory frame = frameOf(12, NOW, PACK);
        refuses(
            open, frame, NOW,
            abi.encodeWithSelector(ReadingVerifier.ReadingVerifierClass.selector, officer, 2), 12
        );
        bytes32 due = enrol(13, 1, logId, NOW + 9);
        frame = frameOf(13, NOW, PACK);
        verify(open, frame, anyPlace(NOW + 9), 13);
        refuses(
            open, frame, NOW + 10,
            abi.encodeWithSelector(ReadingVerifier.ReadingVerifierCalibration.selector, due, NOW + 9, NOW + 10), 13
        );
    }

    function test_a_signing_lies_between_enrolment_and_anchor() public {
        verify(open, frameOf(KEY, START - 300, PACK), anyPlace(NOW));
        verify(open, frameOf(KEY, NOW + 300, PACK), anyPlace(NOW));
        refusesTime(START - 301);
        refusesTime(NOW + 301);
    }

    function test_another_key_proves_nothing() public {
        bytes memory frame = frameOf(KEY, NOW, PACK);
        refuses(
            open, frame, NOW,
            abi.encodeWithSelector(ReadingVerifier.ReadingVerifierKey.selector, kidOf(KEY), kidOf(12)), 12
        );
        frame = frameOf(12, NOW, PACK);
        bytes32 id = keccak256(abi.encode(ISS, SUB, kidOf(12)));
        refuses(open, frame, NOW, abi.encodeWithSelector(ReadingVerifier.ReadingVerifierUnknown.selector, id), 12);
        frame = resigned(frameOf(KEY, NOW, PACK), 12);
        refuses(open, frame, NOW, abi.encodeWithSelector(ReadingVerifier.ReadingVerifierSignature.selector));
    }

    function test_the_second_form_of_a_signature_is_refused() public {
        bytes memory frame = frameOf(KEY, NOW, PACK);
        uint256 s;
        assembly ("memory-safe") {
            let last := add(frame, mload(frame))
            s := mload(last)
            mstore(last, sub(ORDER, s))
        }
        refuses(open, frame, NOW, abi.encodeWithSelector(ReadingVerifier.ReadingVerifierHighS.selector));
    }

    function test_only_an_anchored_head_of_the_keys_own_log_counts() public {
        bytes memory frame = frameOf(KEY, NOW, PACK);
        bytes32 own = logId;
        bytes memory refusal = abi.encodeWithSelector(
            ReadingVerifier.ReadingVerifierNotIncluded.selector, own, sha256(frame)
        );
        logId = anchors.createLog("example.org/other", bytes32(uint256(7)), new bytes(64), address(this));
        ReadingVerifier.Place memory place = anchorAlone(frame);
        refuses(readings, frame, place, refusal, KEY);
        logId = own;
        place = anchorAlone(frame);
        verify(readings, frame, place);
        place.previousSize = 1;
        refuses(readings, frame, place, refusal, KEY);
        (place.previousSize, place.index) = (0, 1);
        refuses(readings, frame, place, refusal, KEY);
        (place.index, place.head.time) = (0, NOW - 1);
        refuses(readings, frame, place, refusal, KEY);
    }

    /// @dev The chain of before EIP-7951: the signature is verified in Solidity, with the same answers.
    function test_a_chain_without_the_precompile_verifies_in_solidity() public {
        require(open.PRECOMPILE());
        vm.setEvmVersion("prague");
        ReadingVerifier old = new ReadingVerifier(terminals, AnchorLog(address(new EveryLog())));
        require(!old.PRECOMPILE());
        bytes memory frame = frameOf(KEY, NOW, PACK);
        verify(old, frame, anyPlace(NOW));
        frame = resigned(frame, 12);
        refuses(old, frame, NOW, abi.encodeWithSelector(ReadingVerifier.ReadingVerifierSignature.selector));
    }

    /// @notice One byte of a frame changed: whatever the log says, it is no reading any more.
    function testFuzz_a_changed_byte_is_refused(uint256 spot, uint8 change) public view {
        bytes memory frame = frameOf(KEY, NOW, PACK);
        vm.assume(change != 0);
        frame[spot % frame.length] ^= bytes1(change);
        refusesForItself(frame);
    }

    function testFuzz_a_cut_or_longer_frame_is_refused(uint256 length, bytes1 filling) public view {
        bytes memory frame = frameOf(KEY, NOW, PACK);
        length = length % (frame.length + 64);
        vm.assume(length != frame.length);
        bytes memory other = new bytes(length);
        for (uint256 i = 0; i < length; ++i) other[i] = i < frame.length ? frame[i] : filling;
        refusesForItself(other);
    }

    function testFuzz_a_byte_too_many_or_too_few_is_refused(uint256 spot, bytes1 added, bool more) public view {
        bytes memory frame = frameOf(KEY, NOW, PACK);
        spot = spot % frame.length;
        bytes memory other = new bytes(more ? frame.length + 1 : frame.length - 1);
        for (uint256 i = 0; i < other.length; ++i) {
            if (more) other[i] = i < spot ? frame[i] : i == spot ? added : frame[i - 1];
            else other[i] = frame[i < spot ? i : i + 1];
        }
        refusesForItself(other);
    }

    function testFuzz_bytes_of_chance_are_refused(bytes memory frame) public view {
        refusesForItself(frame);
    }

    /// @notice A header of chance, signed by the enrolled key: refused by name, never by a panic.
    function testFuzz_a_signed_header_of_chance_is_refused(bytes memory head, uint256 kept) public view {
        bytes memory sound = header(KEY, NOW);
        kept = kept % (sound.length - 40); // up to the value of seq: what follows may be another sound one
        bytes memory mixed = new bytes(kept + (head.length % 128));
        for (uint256 i = 0; i < mixed.length; ++i) mixed[i] = i < kept ? sound[i] : head[i - kept];
        vm.assume(keccak256(mixed) != keccak256(sound));
        refusesForItself(envelope(KEY, mixed, PACK));
    }

    function testFuzz_every_payload_up_to_the_limit_is_proven_as_it_is(bytes memory payload) public view {
        vm.assume(payload.length < 3_800);
        (, , bytes memory proven) = verify(open, frameOf(KEY, NOW, payload), anyPlace(NOW));
        same(keccak256(proven), keccak256(payload));
    }

    function verify(
        ReadingVerifier verifier,
        bytes memory frame,
        ReadingVerifier.Place memory place
    ) private view returns (bytes32, bytes32, bytes memory) {
        return verify(verifier, frame, place, KEY);
    }

    function verify(
        ReadingVerifier verifier,
        bytes memory frame,
        ReadingVerifier.Place memory place,
        uint256 key
    ) private view returns (bytes32, bytes32, bytes memory) {
        (bytes32 x, bytes32 y) = coordinates(key);
        return verifier.verify(frame, x, y, place);
    }

    function refuses(ReadingVerifier verifier, bytes memory frame, uint64 time, bytes memory refusal) private {
        refuses(verifier, frame, anyPlace(time), refusal, KEY);
    }

    function refuses(
        ReadingVerifier verifier,
        bytes memory frame,
        uint64 time,
        bytes memory refusal,
        uint256 key
    ) private {
        refuses(verifier, frame, anyPlace(time), refusal, key);
    }

    function refuses(
        ReadingVerifier verifier,
        bytes memory frame,
        ReadingVerifier.Place memory place,
        bytes memory refusal,
        uint256 key
    ) private {
        (bytes32 x, bytes32 y) = coordinates(key);
        vm.expectRevert(refusal);
        verifier.verify(frame, x, y, place);
    }

    function refusesTime(uint64 iat) private {
        bytes memory refusal = abi.encodeWithSelector(
            ReadingVerifier.ReadingVerifierTime.selector, uint256(iat), START, NOW
        );
        refuses(open, frameOf(KEY, iat, PACK), NOW, refusal);
    }

    /// @dev Signed by the right key, and refused for its form.
    function refusesForm(bytes memory protected_) private view {
        refusesForm(envelope(KEY, protected_, PACK), 0);
    }

    /// @dev `spot` is the byte that the refusal names, 0 for any.
    function refusesForm(bytes memory frame, uint256 spot) private view {
        bytes memory answer = refusesForItself(frame);
        require(bytes4(answer) == FrameBytes.FrameBytesForm.selector, "not refused for its form");
        require(spot == 0 || keccak256(answer) == keccak256(abi.encodeWithSelector(bytes4(answer), spot)), "elsewhere");
    }

    /// @dev Refused by one of the verifier's own errors, not by a panic or for want of gas.
    function refusesForItself(bytes memory frame) private view returns (bytes memory answer) {
        (bytes32 x, bytes32 y) = coordinates(KEY);
        bool done;
        (done, answer) = address(open).staticcall(
            abi.encodeCall(ReadingVerifier.verify, (frame, x, y, anyPlace(NOW)))
        );
        require(!done, "proven");
        bytes4 name = bytes4(answer);
        require(
            name == FrameBytes.FrameBytesForm.selector || name == FrameBytes.FrameBytesLength.selector
                || name == ReadingVerifier.ReadingVerifierKey.selector
                || name == ReadingVerifier.ReadingVerifierUnknown.selector
                || name == ReadingVerifier.ReadingVerifierTime.selector
                || name == ReadingVerifier.ReadingVerifierHighS.selector
                || name == ReadingVerifier.ReadingVerifierSignature.selector,
            "not refused by name"
        );
    }

    function anyPlace(uint64 time) private pure returns (ReadingVerifier.Place memory) {
        return ReadingVerifier.Place(AnchorLog.Head(1, 0, time), 0, 0, new bytes32[](0));
    }

    /// @dev A payload without a zero byte that makes the whole frame this long.
    function filler(uint256 length) private pure returns (bytes memory payload) {
        uint256 rest = frameOf(KEY, NOW, new bytes(300)).length - 300;
        payload = new bytes(length - rest);
        for (uint256 i = 0; i < payload.length; ++i) payload[i] = 0x55;
    }

    /// @dev The same frame with another key's signature.
    function resigned(bytes memory frame, uint256 key) private pure returns (bytes memory) {
        bytes memory other = signed(key, bytes.concat(frame));
        for (uint256 i = 0; i < 64; ++i) frame[frame.length - 64 + i] = other[i];
        return frame;
    }

    function signedParts(
        bytes memory protected_,
        bytes memory unprotected,
        bytes memory payload
    ) private pure returns (bytes memory) {
        bytes memory structure = bytes.concat(hex"846a5369676e617475726531", protected_, hex"40", payload);
        return bytes.concat(hex"d284", protected_, unprotected, payload, hex"5840", signed(KEY, structure));
    }
}
