// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProductLedger} from "../src/ProductLedger.sol";
import {Statement} from "../src/Statement.sol";
import {Input} from "../src/Upstream.sol";
import {CertificateScene} from "./CertificateScene.sol";

/// @notice A smelter and the enterprise that buys from it; what they certify goes on the product ledger.
abstract contract ProductScene is CertificateScene {
    uint256 internal constant SMELTER_KEY = 111;

    ProductLedger internal products;
    address internal smelter;
    bytes32 internal smelterNode;

    function setUp() public virtual override {
        super.setUp();
        products = certificates.PRODUCTS();
        smelter = vm.addr(SMELTER_KEY);
        smelterNode = identifiers.createNode(0, "77", smelter);
    }

    /// @notice A batch of the smelter: 1,000 t at 8,000 kgCO2e.
    function ingots(string memory batch) internal view returns (Statement memory s) {
        s = goods(batch, 1_000_000, 8_000_000_000);
        s.identifier = string.concat("77/", batch);
        s.subject = keccak256(abi.encodePacked(smelterNode, keccak256(bytes(batch))));
        (s.enterprise, s.recipient) = (smelterNode, smelter);
    }

    /// @notice A batch of the enterprise.
    function goods(string memory batch, uint128 quantity, uint128 footprint) internal view returns (Statement memory s) {
        s = statement();
        s.kind = 3;
        (s.grade, s.gradeValue, s.scheme, s.benchmarks) = (0, 0, 0, 0);
        s.identifier = string.concat("88/", batch);
        s.subject = leaf(batch);
        s.unit = "t";
        (s.quantity, s.footprint) = (quantity, footprint);
    }

    /// @notice The same, made of `inputs`.
    function goodsOf(
        string memory batch,
        uint128 quantity,
        uint128 footprint,
        Input[] memory inputs
    ) internal view returns (Statement memory s) {
        s = goods(batch, quantity, footprint);
        s.upstreamRoot = products.upstreamRoot(inputs);
    }

    function mintFrom(Statement memory s, Input[] memory inputs) internal returns (uint256) {
        (bytes memory a, bytes memory b, bytes memory c) = signatures(s);
        vm.prank(s.recipient);
        return certificates.mintProduct(s, a, b, c, inputs);
    }

    function refusesMintFrom(Statement memory s, Input[] memory inputs, bytes memory reason) internal {
        (bytes memory a, bytes memory b, bytes memory c) = signatures(s);
        vm.prank(s.recipient);
        vm.expectRevert(reason);
        certificates.mintProduct(s, a, b, c, inputs);
    }

    function mintGoods(Statement memory s) internal returns (uint256) {
        return mintFrom(s, new Input[](0));
    }

    function signatures(Statement memory s) internal view returns (bytes memory, bytes memory, bytes memory) {
        bytes32 digest = certificates.digest(s);
        uint256 key = s.recipient == smelter ? SMELTER_KEY : ENTERPRISE_KEY;
        return (signed(key, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest));
    }

    /// @notice `quantity` of a fresh smelter's batch, delivered to the enterprise.
    function bought(string memory batch, uint256 quantity) internal returns (uint256 id) {
        id = mintGoods(ingots(batch));
        vm.prank(smelter);
        products.transfer(enterprise, id, quantity);
    }

    function one(uint256 id, uint80 quantity) internal pure returns (Input[] memory inputs) {
        inputs = new Input[](1);
        inputs[0] = Input(id, quantity);
    }

    /// @notice By ascending id, as the ledger takes them.
    function sorted(Input[] memory inputs) internal pure returns (Input[] memory) {
        for (uint256 i = 1; i < inputs.length; ++i) {
            for (uint256 k = i; k > 0 && inputs[k].id < inputs[k - 1].id; --k) {
                (inputs[k], inputs[k - 1]) = (inputs[k - 1], inputs[k]);
            }
        }
        return inputs;
    }

    function suspend(uint256 token) internal {
        certificates.suspend(token, "a doubt");
    }

    function revoke(uint256 token) internal {
        manager.grantRole(manager.ADMIN_ROLE(), address(0x66), 0);
        certificates.proposeRevocation(token, "fraud");
        vm.prank(address(0x66));
        certificates.confirmRevocation(token, "fraud");
    }
}
