// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title How a certificate stands
interface ICertificateStatus {
    /// @notice 0 none, 1 active, 2 suspended, 3 revoked, 4 superseded, 5 expired.
    function statusOf(uint256 tokenId) external view returns (uint8);
}
