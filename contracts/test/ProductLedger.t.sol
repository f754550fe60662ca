// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";
import {CertificateRegistry} from "../src/CertificateRegistry.sol";
import {MintRules} from "../src/MintRules.sol";
import {ProductLedger} from "../src/ProductLedger.sol";
import {Statement} from "../src/Statement.sol";
import {Input, Upstream} from "../src/Upstream.sol";
import {ProductScene} from "./ProductScene.sol";

/// @notice Goods from their certificate to their end, and each refusal by itself.
contract ProductLedgerTest is ProductScene {
    function test_a_mint_opens_the_account_of_its_quantity() public {
        Statement memory s = ingots("al-1");
        uint256 expected = uint256(certificates.digest(s));
        vm.expectEmit(address(products));
        emit ProductLedger.AccountOpened(expected, smelter, 1_000_000, 8_000_000_000, "t");
        uint256 id = mint(s, SMELTER_KEY);
        same(id, expected);
        same(products.balanceOf(smelter, id), 1_000_000);
        same(products.totalSupply(id), 1_000_000);
        same(products.accountOf(id), id);
        same(products.certificateOf(id), id);
        expect(id, ProductLedger.AccountView(id, 1, 8_000_000_000, 1_000_000, 1_000_000, 0, 0));
        require(products.supportsInterface(0x0f632fb3), "ERC-6909");
    }

    function test_a_footprint_without_a_quantity_is_not_on_the_ledger() public {
        uint256 token = mintGoods(goods("part-1", 0, 2_000_000));
        same(products.accountOf(token), 0);
        same(products.certificateOf(token), 0);
        expect(token, ProductLedger.AccountView(0, 0, 0, 0, 0, 0, 0));
    }

    function test_delivered_goods_are_the_receivers() public {
        uint256 id = mintGoods(ingots("al-1"));
        vm.prank(smelter);
        products.transfer(enterprise, id, 400_000);
        vm.snapshotValue("ProductLedger", "deliver, whole transaction", vm.lastCallGas().gasTotalUsed);
        same(products.balanceOf(smelter, id), 600_000);
        same(products.balanceOf(enterprise, id), 400_000);
    }

    /// @notice INV-14
    function test_nothing_is_sold_twice() public {
        uint256 id = bought("al-1", 1_000_000);
        vm.prank(smelter);
        vm.expectRevert(
            abi.encodeWithSelector(ERC6909.ERC6909InsufficientBalance.selector, smelter, 0, 1, id)
        );
        products.transfer(verifier, id, 1);
        vm.prank(verifier);
        vm.expectRevert(
            abi.encodeWithSelector(ERC6909.ERC6909InsufficientAllowance.selector, verifier, 0, 1, id)
        );
        products.transferFrom(enterprise, verifier, id, 1);
    }

    function test_retiring_says_for_whom_and_why_and_is_for_good() public {
        uint256 id = bought("al-1", 400_000);
        vm.prank(enterprise);
        vm.expectEmit(address(products));
        emit ProductLedger.Retired(id, enterprise, 150_000, "building 7", "window frames");
        products.retire(id, 150_000, "building 7", "window frames");
        vm.snapshotValue("ProductLedger", "retire, whole transaction", vm.lastCallGas().gasTotalUsed);
        same(products.balanceOf(enterprise, id), 250_000);
        same(products.totalSupply(id), 850_000);
        expect(id, ProductLedger.AccountView(id, 1, 8_000_000_000, 1_000_000, 1_000_000, 0, 150_000));
        vm.prank(enterprise);
        vm.expectRevert(
            abi.encodeWithSelector(ERC6909.ERC6909InsufficientBalance.selector, enterprise, 250_000, 250_001, id)
        );
        products.retire(id, 250_001, "x", "x");
    }

    function test_retiring_refuses_nothing_and_silence() public {
        uint256 id = bought("al-1", 400_000);
        bytes memory text = new bytes(1025);
        vm.prank(enterprise);
        refuses(ProductLedger.ProductLedgerNothing.selector);
        products.retire(id, 0, "x", "x");
        vm.prank(enterprise);
        refuses(ProductLedger.ProductLedgerText.selector);
        products.retire(id, 1, "", "x");
        vm.prank(enterprise);
        refuses(ProductLedger.ProductLedgerText.selector);
        products.retire(id, 1, "x", "");
        vm.prank(enterprise);
        refuses(ProductLedger.ProductLedgerText.selector);
        products.retire(id, 1, "x", string(text));
    }

    function test_a_product_burns_what_it_is_made_of() public {
        uint256 id = bought("al-1", 400_000);
        Input[] memory inputs = one(id, 300_000);
        // 300 t at 8,000 kg are 2,400 t; 600 pieces carry 4,000 kg each of it, and 25 kg of their own.
        Statement memory s = goodsOf("part-1", 600_000, 4_025_000_000, inputs);
        uint256 expected = uint256(certificates.digest(s));
        vm.expectEmit(address(products));
        emit ProductLedger.Used(id, expected, enterprise, 300_000, 8_000_000_000);
        same(mintFrom(s, inputs), expected);
        same(products.balanceOf(enterprise, id), 100_000);
        same(products.balanceOf(enterprise, expected), 600_000);
        expect(id, ProductLedger.AccountView(id, 1, 8_000_000_000, 1_000_000, 1_000_000, 300_000, 0));
        Input[] memory held = products.inputsOf(expected);
        require(held.length == 1 && held[0].id == id && held[0].quantity == 300_000);
    }

    function test_gas_of_a_product_of_three_inputs() public {
        Input[] memory inputs = new Input[](3);
        inputs[0] = Input(bought("al-1", 400_000), 300_000);
        inputs[1] = Input(bought("al-2", 400_000), 100_000);
        inputs[2] = Input(bought("al-3", 400_000), 50_000);
        inputs = sorted(inputs);
        Statement memory s = goodsOf("part-1", 450_000, 8_100_000_000, inputs);
        mintFrom(s, inputs);
        vm.snapshotValue("ProductLedger", "mint from 3 inputs, whole transaction", vm.lastCallGas().gasTotalUsed);
        mintGoods(goods("part-2", 450_000, 8_100_000_000));
        vm.snapshotValue("ProductLedger", "mint without inputs, whole transaction", vm.lastCallGas().gasTotalUsed);
    }

    /// @notice INV-14: to the last 10⁻⁹ kg.
    function test_refuses_to_claim_less_than_was_burned() public {
        uint256 id = bought("al-1", 400_000);
        Input[] memory inputs = one(id, 300_000);
        Statement memory s = goodsOf("part-1", 600_000, 3_999_999_999, inputs);
        refusesMintFrom(
            s,
            inputs,
            abi.encodeWithSelector(
                ProductLedger.ProductLedgerClaimsLess.selector, 600_000 * 3_999_999_999, 300_000 * 8_000_000_000
            )
        );
        s.footprint = 4_000_000_000;
        mintFrom(s, inputs);
    }

    /// @notice INV-14: whatever the figures, up to the largest.
    function testFuzz_a_product_claims_what_it_burned_or_is_refused(
        uint80 made,
        uint80 claimed,
        uint80 used,
        uint80 carried
    ) public {
        vm.assume(made != 0 && used != 0);
        uint256 id = mintGoods(goods("part-1", used, carried));
        Input[] memory inputs = one(id, used);
        Statement memory s = goodsOf("part-2", made, claimed, inputs);
        (uint256 claim, uint256 burned) = (uint256(made) * claimed, uint256(used) * carried);
        if (claim >= burned) {
            mintFrom(s, inputs);
            same(products.balanceOf(enterprise, id), 0);
        } else {
            refusesMintFrom(
                s, inputs, abi.encodeWithSelector(ProductLedger.ProductLedgerClaimsLess.selector, claim, burned)
            );
        }
    }

    /// @notice INV-14: the statement names exactly what is burned.
    function test_refuses_inputs_that_the_statement_does_not_commit_to() public {
        uint256 id = bought("al-1", 400_000);
        Input[] memory inputs = one(id, 300_000);
        Statement memory s = goodsOf("part-1", 600_000, 5_000_000_000, inputs);
        Input[] memory less = one(id, 1);
        refusesMintFrom(s, less, wrong(s, less));
        refusesMintFrom(s, new Input[](0), wrong(s, new Input[](0)));
        refusesMint(s, wrong(s, new Input[](0)));
        s.upstreamRoot = 0;
        refusesMintFrom(s, inputs, wrong(s, inputs));
    }

    function test_refuses_inputs_out_of_order_twice_empty_or_too_many() public {
        uint256 id = bought("al-1", 400_000);
        Statement memory s = goods("part-1", 600_000, 5_000_000_000);
        Input[] memory inputs = new Input[](2);
        (inputs[0], inputs[1]) = (Input(id, 1), Input(id, 1));
        refusesMintFrom(s, inputs, abi.encodeWithSelector(Upstream.UpstreamOrder.selector, id));
        (inputs[0], inputs[1]) = (Input(id, 1), Input(id - 1, 1));
        refusesMintFrom(s, inputs, abi.encodeWithSelector(Upstream.UpstreamOrder.selector, id - 1));
        refusesMintFrom(s, one(id, 0), abi.encodeWithSelector(Upstream.UpstreamOrder.selector, id));
        refusesMintFrom(s, one(0, 1), abi.encodeWithSelector(Upstream.UpstreamOrder.selector, 0));
        inputs = new Input[](65);
        refusesMintFrom(s, inputs, abi.encodeWithSelector(Upstream.UpstreamTooMany.selector, 65));
    }

    /// @notice INV-14
    function test_refuses_more_than_the_balance_and_accounts_that_there_are_not() public {
        uint256 id = bought("al-1", 400_000);
        Input[] memory inputs = one(id, 400_001);
        refusesMintFrom(
            goodsOf("part-1", 600_000, 50_000_000_000, inputs),
            inputs,
            abi.encodeWithSelector(
                ERC6909.ERC6909InsufficientBalance.selector, enterprise, 400_000, 400_001, id
            )
        );
        inputs = one(uint256(keccak256("nothing")), 1);
        refusesMintFrom(
            goodsOf("part-1", 600_000, 50_000_000_000, inputs),
            inputs,
            abi.encodeWithSelector(ProductLedger.ProductLedgerUnknown.selector, inputs[0].id)
        );
    }

    /// @notice INV-14
    function test_a_suspended_or_revoked_certificate_blocks_its_goods() public {
        uint256 id = bought("al-1", 400_000);
        Input[] memory inputs = one(id, 300_000);
        Statement memory s = goodsOf("part-1", 600_000, 5_000_000_000, inputs);
        for (uint8 status = 2; status <= 3; ++status) {
            if (status == 2) suspend(id);
            else revoke(id);
            bytes memory blocked = abi.encodeWithSelector(ProductLedger.ProductLedgerBlocked.selector, id, id, status);
            refusesMintFrom(s, inputs, blocked);
            vm.prank(enterprise);
            vm.expectRevert(blocked);
            products.transfer(smelter, id, 1);
            vm.prank(enterprise);
            vm.expectRevert(blocked);
            products.retire(id, 1, "x", "x");
            if (status == 2) certificates.reinstate(id, "explained");
        }
    }

    function test_expiry_strands_no_goods() public {
        uint256 id = bought("al-1", 400_000);
        vm.warp(NOW + 366 days);
        same(certificates.statusOf(id), 5);
        certificates.accredit(evaluator, EVALUATOR_ORGANISATION, 1, 0, 1, NOW + 999 days);
        certificates.accredit(verifier, VERIFIER_ORGANISATION, 2, 0, 1, NOW + 999 days);
        Input[] memory inputs = one(id, 300_000);
        Statement memory s = goodsOf("part-1", 600_000, 5_000_000_000, inputs);
        (s.validUntil, s.submitBefore) = (NOW + 999 days, NOW + 999 days);
        mintFrom(s, inputs);
        vm.prank(enterprise);
        products.transfer(smelter, id, 50_000);
        vm.prank(enterprise);
        products.retire(id, 50_000, "x", "x");
    }

    /// @notice INV-14: superseding mints what was not issued yet, and nothing twice.
    function test_a_successor_takes_the_account_over() public {
        Statement memory s = ingots("al-1");
        uint256 id = bought("al-1", 400_000);
        s.supersedes = id;
        (s.footprint, s.quantity) = (9_000_000_000, 1_250_000);
        uint256 expected = uint256(certificates.digest(s));
        vm.expectEmit(address(products));
        emit ProductLedger.AccountTakenOver(id, id, expected, 250_000, 9_000_000_000);
        uint256 successor = mintGoods(s);
        same(products.accountOf(successor), id);
        same(products.certificateOf(id), successor);
        same(products.balanceOf(smelter, id), 850_000);
        same(products.balanceOf(smelter, successor), 0);
        expect(id, ProductLedger.AccountView(successor, 1, 9_000_000_000, 1_250_000, 1_250_000, 0, 0));

        // Delivered units stay usable, at the successor's footprint.
        Input[] memory inputs = one(id, 400_000);
        Statement memory part = goodsOf("part-1", 400_000, 8_999_999_999, inputs);
        refusesMintFrom(
            part,
            inputs,
            abi.encodeWithSelector(
                ProductLedger.ProductLedgerClaimsLess.selector, 400_000 * 8_999_999_999, 400_000 * 9_000_000_000
            )
        );
        part.footprint = 9_000_000_000;
        mintFrom(part, inputs);

        // The same quantity again mints nothing, less takes nothing back.
        s.supersedes = successor;
        s.resultHash = keccak256("again");
        uint256 third = mintGoods(s);
        same(products.totalSupply(id), 850_000);
        (s.supersedes, s.quantity) = (third, 1);
        uint256 fourth = mintGoods(s);
        same(products.totalSupply(id), 850_000);
        expect(id, ProductLedger.AccountView(fourth, 1, 9_000_000_000, 1, 1_250_000, 400_000, 0));
    }

    function test_the_successors_standing_is_the_accounts() public {
        Statement memory s = ingots("al-1");
        s.supersedes = bought("al-1", 400_000);
        uint256 successor = mintGoods(s);
        suspend(successor);
        vm.prank(enterprise);
        vm.expectRevert(
            abi.encodeWithSelector(ProductLedger.ProductLedgerBlocked.selector, s.supersedes, successor, 2)
        );
        products.transfer(smelter, s.supersedes, 1);
    }

    function test_refuses_a_successor_with_another_unit_or_off_the_ledger() public {
        Statement memory s = ingots("al-1");
        uint256 id = mintGoods(s);
        s.supersedes = id;
        s.unit = "kg";
        refusesMintFrom(
            s, new Input[](0), abi.encodeWithSelector(ProductLedger.ProductLedgerOtherUnit.selector, id)
        );
        (s.unit, s.quantity) = ("t", 0);
        refusesMintFrom(
            s, new Input[](0), abi.encodeWithSelector(ProductLedger.ProductLedgerNoQuantity.selector, id)
        );
    }

    function test_a_successor_may_bring_a_footprint_on_the_ledger() public {
        Statement memory s = goods("part-1", 0, 2_000_000);
        s.supersedes = mintGoods(s);
        s.quantity = 10;
        uint256 token = mintGoods(s);
        same(products.accountOf(token), token);
        same(products.balanceOf(enterprise, token), 10);
        same(products.accountOf(s.supersedes), 0);
    }

    function test_a_product_is_not_made_of_itself() public {
        Statement memory s = ingots("al-1");
        uint256 id = mintGoods(s);
        Input[] memory inputs = one(id, 1);
        s.supersedes = id;
        s.upstreamRoot = products.upstreamRoot(inputs);
        refusesMintFrom(s, inputs, abi.encodeWithSelector(ProductLedger.ProductLedgerOwnInput.selector, id));
    }

    /// @notice INV-14: a correction keeps the inputs that were burned, and burns what it adds.
    function test_a_corrected_product_keeps_what_it_was_made_of() public {
        uint256 id = bought("al-1", 400_000);
        Input[] memory inputs = one(id, 300_000);
        Statement memory s = goodsOf("part-1", 600_000, 5_000_000_000, inputs);
        s.supersedes = mintFrom(s, inputs);
        bytes memory leftOut =
            abi.encodeWithSelector(ProductLedger.ProductLedgerInputLeftOut.selector, id, 300_000);
        s.upstreamRoot = 0;
        refusesMintFrom(s, new Input[](0), leftOut);
        inputs = one(id, 299_999);
        s.upstreamRoot = products.upstreamRoot(inputs);
        refusesMintFrom(s, inputs, leftOut);
        inputs = one(id, 350_000);
        s.upstreamRoot = products.upstreamRoot(inputs);
        uint256 successor = mintFrom(s, inputs);
        same(products.balanceOf(enterprise, id), 50_000);
        same(products.inputsOf(successor)[0].quantity, 350_000);
        // Unchanged inputs are not burned again, even while their certificate is suspended.
        suspend(id);
        (s.supersedes, s.resultHash) = (successor, keccak256("again"));
        mintFrom(s, inputs);
        same(products.balanceOf(enterprise, id), 50_000);
    }

    function test_a_revoked_input_may_be_left_out_of_a_correction() public {
        Input[] memory inputs = new Input[](2);
        (inputs[0], inputs[1]) = (Input(bought("al-1", 400_000), 300_000), Input(bought("al-2", 400_000), 300_000));
        inputs = sorted(inputs);
        Statement memory s = goodsOf("part-1", 600_000, 9_000_000_000, inputs);
        s.supersedes = mintFrom(s, inputs);
        revoke(inputs[0].id);
        same(certificates.check("88/part-1").upstream, 3);
        Input[] memory rest = one(inputs[1].id, inputs[1].quantity);
        s.upstreamRoot = products.upstreamRoot(rest);
        mintFrom(s, rest);
        same(certificates.check("88/part-1").upstream, 0);
    }

    function test_check_reports_what_stands_against_the_upstream_through_all_tiers() public {
        uint256 id = bought("al-1", 400_000);
        Input[] memory inputs = one(id, 300_000);
        uint256 part = mintFrom(goodsOf("part-1", 600_000, 5_000_000_000, inputs), inputs);
        inputs = one(part, 4_000);
        uint256 car = mintFrom(goodsOf("car-1", 1_000, 21_000_000_000, inputs), inputs);
        same(certificates.check("88/car-1").upstream, 0);
        suspend(id);
        same(certificates.check("88/car-1").upstream, 2);
        same(certificates.checkToken(part).upstream, 2);
        same(certificates.checkToken(id).upstream, 0);
        revoke(id);
        same(certificates.check("88/car-1").upstream, 3);
        same(certificates.statusOf(car), 1);
    }

    function test_upstream_is_looked_through_as_far_as_256_certificates() public {
        uint256 first = mintGoods(goods("b-0", 1_000, 1_000_000));
        uint256 last = first;
        for (uint256 i = 1; i <= 257; ++i) {
            Input[] memory inputs = one(last, 1_000);
            last = mintFrom(goodsOf(string.concat("b-", vm.toString(i)), 1_000, 1_000_000, inputs), inputs);
            if (i == 256) same(products.upstreamOf(last), 0);
        }
        same(products.upstreamOf(last), products.UNSEEN());
        suspend(products.inputsOf(last)[0].id);
        same(products.upstreamOf(last), 2);
    }

    /// @notice INV-14: whatever the method, one batch is on the ledger once.
    function test_goods_are_not_certified_twice_by_two_methods() public {
        uint256 token = mintGoods(goods("part-1", 600_000, 5_000_000_000));
        Statement memory s = goods("part-1", 600_000, 5_000_000_000);
        s.method = keccak256("another method");
        rules.publish(1, "another method", s.method, "", PERIOD_START, PERIOD_END);
        refusesMintFrom(
            s,
            new Input[](0),
            abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, token)
        );
        // Off the ledger, another method may say its figure too; not the same one.
        s.quantity = 0;
        mintGoods(s);
        s = goods("part-1", 0, 5_000_000_000);
        refusesMintFrom(
            s,
            new Input[](0),
            abi.encodeWithSelector(CertificateRegistry.CertificateRegistryOverlap.selector, token)
        );
    }

    function test_only_products_have_inputs_and_only_the_registry_books() public {
        Statement memory s = statement();
        refusesMintFrom(
            s, new Input[](0), abi.encodeWithSelector(MintRules.CertificateRegistryField.selector, "kind")
        );
        s.upstreamRoot = keccak256("inputs");
        refusesMint(s, abi.encodeWithSelector(MintRules.CertificateRegistryField.selector, "upstreamRoot"));
        s = goods("part-1", 600_000, 5_000_000_000);
        vm.prank(enterprise);
        vm.expectRevert(abi.encodeWithSelector(ProductLedger.ProductLedgerNotRegistry.selector, enterprise));
        products.record(1, s, new Input[](0));
    }

    function test_quantities_and_footprints_are_bounded() public {
        uint128 limit = uint128(products.LIMIT());
        Statement memory s = goods("part-1", limit, 1);
        refusesMintFrom(
            s, new Input[](0), abi.encodeWithSelector(MintRules.CertificateRegistryField.selector, "quantity")
        );
        s = goods("part-1", 1, limit);
        refusesMintFrom(
            s, new Input[](0), abi.encodeWithSelector(MintRules.CertificateRegistryField.selector, "footprint")
        );
        uint256 id = mintGoods(goods("part-1", limit - 1, limit - 1));
        Input[] memory inputs = one(id, uint80(limit - 1));
        mintFrom(goodsOf("part-2", limit - 1, limit - 1, inputs), inputs);
    }

    function mint(Statement memory s, uint256 key) private returns (uint256) {
        bytes32 digest = certificates.digest(s);
        vm.prank(s.recipient);
        return certificates.mint(s, signed(key, digest), signed(EVALUATOR_KEY, digest), signed(VERIFIER_KEY, digest));
    }

    function wrong(Statement memory s, Input[] memory inputs) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            ProductLedger.ProductLedgerWrongInputs.selector, s.upstreamRoot, products.upstreamRoot(inputs)
        );
    }

    function expect(uint256 id, ProductLedger.AccountView memory view_) private view {
        same(keccak256(abi.encode(products.account(id))), keccak256(abi.encode(view_)));
    }
}
