// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Units of an account of the product ledger that a product is made of.
/// @param id the account
/// @param quantity in 10⁻³ of its unit
struct Input {
    uint256 id;
    uint80 quantity;
}

/// @title The root by which a statement commits to its inputs
library Upstream {
    /// @notice Most inputs of one certificate.
    uint256 internal constant MAX_INPUTS = 64;

    /// @notice More than 64 inputs.
    error UpstreamTooMany(uint256 count);
    /// @notice Inputs stand by ascending id, each once and with a quantity.
    error UpstreamOrder(uint256 id);

    /// @notice keccak256(abi.encode(inputs)), 0 for none. One set of inputs has one root.
    function root(Input[] calldata inputs) internal pure returns (bytes32) {
        if (inputs.length == 0) return 0;
        if (inputs.length > MAX_INPUTS) revert UpstreamTooMany(inputs.length);
        uint256 last = 0;
        for (uint256 i = 0; i < inputs.length; ++i) {
            uint256 id = inputs[i].id;
            if (id <= last || inputs[i].quantity == 0) revert UpstreamOrder(id);
            last = id;
        }
        return keccak256(abi.encode(inputs));
    }
}
