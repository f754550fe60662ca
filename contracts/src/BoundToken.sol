// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title Minimal soulbound tokens
/// @notice ERC-5192: its interface id is 0xb45a3c0e.
interface IERC5192 {
    /// @notice The token cannot be transferred.
    event Locked(uint256 tokenId);
    /// @notice The token can be transferred; never emitted here.
    event Unlocked(uint256 tokenId);

    /// @notice Whether the token cannot be transferred; reverts for a token that does not exist.
    function locked(uint256 tokenId) external view returns (bool);
}

/// @title ERC-721 tokens that stay where they were minted
abstract contract BoundToken is ERC721, IERC5192 {
    /// @notice A certificate neither moves nor is it lent.
    error BoundTokenLocked();

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) external view returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @notice Always reverts.
    function approve(address, uint256) public pure override {
        revert BoundTokenLocked();
    }

    /// @notice Always reverts.
    function setApprovalForAll(address, bool) public pure override {
        revert BoundTokenLocked();
    }

    /// @notice Always reverts, and with it both forms of `safeTransferFrom`.
    function transferFrom(address, address, uint256) public pure override {
        revert BoundTokenLocked();
    }

    /// @notice ERC-165.
    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return interfaceId == type(IERC5192).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev Counts and announces a token whose owner the registry has written down where `_ownerOf` reads it. Without
    /// a receiver's hook: a contract wallet that cannot move the token needs none.
    function _mintBound(address to, uint256 tokenId) internal {
        _increaseBalance(to, 1);
        emit Transfer(address(0), to, tokenId);
        emit Locked(tokenId);
    }

    /// @dev The last word on every path of ERC-721 that would mint, move or burn a token.
    function _update(address, uint256, address) internal pure override returns (address) {
        revert BoundTokenLocked();
    }
}
