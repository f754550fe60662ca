// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CertificateRegistry} from "../src/CertificateRegistry.sol";
import {ProductLedger} from "../src/ProductLedger.sol";
import {Statement} from "../src/Statement.sol";
import {Input} from "../src/Upstream.sol";
import {ProductScene} from "./ProductScene.sol";
import {Scene} from "./Vm.sol";

/// @notice A smelter, a maker and a trader that certify, deliver, use, retire and correct goods, and try what they must
/// not. What may be done, and what everybody holds, is told here from what was done, not asked of the ledger.
contract Traders is ProductScene {
    struct Goods {
        uint256 id;
        uint256 certificate;
        uint8 status;
        uint256 footprint;
        uint256 certified;
        uint256 issued;
        uint256 used;
        uint256 retired;
        uint256 mostCertified;
    }

    uint256 public constant HOLDERS = 3;
    address private constant TRADER = address(0x77);
    address private constant OFFICER = address(0x66);

    Goods[] private _goods;
    Statement[] private _statements;
    mapping(uint256 certificate => Input[]) private _made;
    mapping(uint256 index => uint256[HOLDERS]) private _held;
    bool public cheated;

    constructor() {
        setUp();
        manager.grantRole(manager.ADMIN_ROLE(), OFFICER, 0);
    }

    function ledger() external view returns (ProductLedger) {
        return products;
    }

    function goodsOfAll() external view returns (Goods[] memory) {
        return _goods;
    }

    function heldOf(uint256 index, uint256 holder) external view returns (uint256) {
        return _held[index][holder];
    }

    function holderAt(uint256 holder) public view returns (address) {
        return holder == 0 ? smelter : holder == 1 ? enterprise : TRADER;
    }

    function certify(bool maker, uint32 quantity, uint32 footprint) external {
        string memory batch = string.concat("b-", vm.toString(_goods.length));
        Statement memory s = maker ? goods(batch, 0, 0) : ingots(batch);
        (s.quantity, s.footprint) = (uint128(quantity % 1000) + 1, footprint);
        book(s, new Input[](0), true);
    }

    /// @dev Of one or two inputs, honestly or not: the claim may fall short, an input may be blocked or not held.
    function make(uint256 first, uint256 second, uint32 amount, uint32 quantity, int8 more) external {
        if (_goods.length < 2) return;
        (first, second) = (first % _goods.length, second % _goods.length);
        Input[] memory inputs = new Input[](first == second ? 1 : 2);
        inputs[0] = Input(_goods[first].id, share(first, amount));
        if (first != second) inputs[1] = Input(_goods[second].id, share(second, amount / 3));
        inputs = sorted(inputs);
        Statement memory s = goods(string.concat("b-", vm.toString(_goods.length)), uint128(quantity % 1000) + 1, 0);
        claim(s, inputs, more);
        s.upstreamRoot = products.upstreamRoot(inputs);
        book(s, inputs, true);
    }

    /// @dev A correction, up or down; of something made, with the inputs repeated, one of them perhaps raised or lowered.
    function correct(uint256 which, uint32 quantity, uint32 footprint, int8 more, int8 shift) external {
        if (_goods.length == 0) return;
        which = which % _goods.length;
        Goods storage g = _goods[which];
        Statement memory s = _statements[which];
        (s.supersedes, s.quantity, s.footprint) = (g.certificate, uint128(quantity % 2000) + 1, footprint);
        s.resultHash = keccak256(abi.encode(g.certificate, quantity));
        Input[] memory inputs = _made[g.certificate];
        if (inputs.length != 0) {
            int256 changed = int256(uint256(inputs[0].quantity)) + (shift % 3);
            inputs[0].quantity = changed < 1 ? 1 : uint80(uint256(changed));
            claim(s, inputs, more);
            s.upstreamRoot = products.upstreamRoot(inputs);
        }
        book(s, inputs, g.status < 3);
    }

    function deliver(uint256 which, uint256 from, uint256 to, uint32 amount, bool operator) external {
        if (_goods.length == 0) return;
        (which, from, to) = (which % _goods.length, from % HOLDERS, to % HOLDERS);
        uint256 quantity = amount % 1200;
        bool may = usable(which) && _held[which][from] >= quantity && !operator;
        bytes memory call = operator
            ? abi.encodeCall(products.transferFrom, (holderAt(from), OFFICER, _goods[which].id, 1))
            : abi.encodeCall(products.transfer, (holderAt(to), _goods[which].id, quantity));
        if (!act(operator ? OFFICER : holderAt(from), address(products), call, may)) return;
        _held[which][from] -= quantity;
        _held[which][to] += quantity;
    }

    function retire(uint256 which, uint256 holder, uint32 amount) external {
        if (_goods.length == 0) return;
        (which, holder) = (which % _goods.length, holder % HOLDERS);
        uint256 quantity = amount % 300;
        bool may = usable(which) && quantity != 0 && _held[which][holder] >= quantity;
        bytes memory call = abi.encodeCall(products.retire, (_goods[which].id, quantity, "somebody", "something"));
        if (!act(holderAt(holder), address(products), call, may)) return;
        _held[which][holder] -= quantity;
        _goods[which].retired += quantity;
    }

    function doubt(uint256 which, bool ended) external {
        if (_goods.length == 0) return;
        Goods storage g = _goods[which % _goods.length];
        bytes memory call = ended
            ? abi.encodeCall(certificates.reinstate, (g.certificate, "reason"))
            : abi.encodeCall(certificates.suspend, (g.certificate, "reason"));
        if (act(address(this), address(certificates), call, g.status == (ended ? 2 : 1))) g.status = ended ? 1 : 2;
    }

    /// @dev One in eight, lest nothing be left.
    function end(uint256 which, uint8 chance) external {
        if (_goods.length == 0 || chance % 8 != 0) return;
        Goods storage g = _goods[which % _goods.length];
        bytes memory call = abi.encodeCall(certificates.proposeRevocation, (g.certificate, "fraud"));
        if (!act(address(this), address(certificates), call, g.status != 3)) return;
        call = abi.encodeCall(certificates.confirmRevocation, (g.certificate, "fraud"));
        if (act(OFFICER, address(certificates), call, true)) g.status = 3;
    }

    /// @dev The manager's own admins, by the registry's way and by the holder's.
    function intrude(uint256 which, uint32 amount) external {
        if (_goods.length == 0) return;
        uint256 id = _goods[which % _goods.length].id;
        Statement memory s = _statements[which % _goods.length];
        act(OFFICER, address(products), abi.encodeCall(products.record, (id + 1, s, new Input[](0))), false);
        act(OFFICER, address(products), abi.encodeCall(products.retire, (id, uint256(amount) + 1, "x", "x")), false);
        act(OFFICER, address(products), abi.encodeCall(products.transfer, (OFFICER, id, uint256(amount) + 1)), false);
    }

    function book(Statement memory s, Input[] memory inputs, bool may) private {
        (bytes memory a, bytes memory b, bytes memory c) = signatures(s);
        uint256 token = uint256(certificates.digest(s));
        bytes memory call = abi.encodeCall(certificates.mintProduct, (s, a, b, c, inputs));
        may = may && covers(s, inputs) && affords(s, inputs) && certificates.statusOf(token) == 0;
        if (!act(s.recipient, address(certificates), call, may)) return;
        Input[] memory before = _made[s.supersedes];
        for (uint256 i = 0; i < inputs.length; ++i) {
            uint256 which = indexOf(inputs[i].id);
            uint256 had = quantityIn(before, inputs[i].id);
            if (inputs[i].quantity > had) {
                _goods[which].used += inputs[i].quantity - had;
                _held[which][1] -= inputs[i].quantity - had;
            }
            _made[token].push(inputs[i]);
        }
        enter(s, token);
    }

    function enter(Statement memory s, uint256 token) private {
        uint256 holder = s.recipient == smelter ? 0 : 1;
        if (s.supersedes == 0) {
            _held[_goods.length][holder] = s.quantity;
            _goods.push(Goods(token, token, 1, s.footprint, s.quantity, s.quantity, 0, 0, s.quantity));
            _statements.push(s);
            return;
        }
        uint256 which = 0;
        while (_goods[which].certificate != s.supersedes) ++which;
        Goods storage g = _goods[which];
        uint256 more = s.quantity > g.issued ? s.quantity - g.issued : 0;
        _held[which][holder] += more;
        (g.certificate, g.status, g.footprint, g.certified) = (token, 1, s.footprint, s.quantity);
        g.issued += more;
        if (s.quantity > g.mostCertified) g.mostCertified = s.quantity;
        _statements[which] = s;
    }

    function act(address who, address target, bytes memory call, bool may) private returns (bool done) {
        vm.prank(who);
        (done, ) = target.call(call);
        if (done && !may) cheated = true;
        require(done || !may, "what may be done was refused");
    }

    /// @dev The smallest honest footprint, and something above or below it.
    function claim(Statement memory s, Input[] memory inputs, int8 more) private view {
        int256 least = int256((burden(inputs) + s.quantity - 1) / s.quantity) + more;
        s.footprint = least < 0 ? 0 : uint128(uint256(least));
    }

    function covers(Statement memory s, Input[] memory inputs) private view returns (bool) {
        return uint256(s.footprint) * s.quantity >= burden(inputs);
    }

    /// @dev Burned inputs stay unless revoked; what is added is held, usable and not the product itself.
    function affords(Statement memory s, Input[] memory inputs) private view returns (bool) {
        Input[] memory before = _made[s.supersedes];
        for (uint256 i = 0; i < before.length; ++i) {
            uint256 kept = quantityIn(inputs, before[i].id);
            if (kept < before[i].quantity && _goods[indexOf(before[i].id)].status != 3) return false;
        }
        for (uint256 i = 0; i < inputs.length; ++i) {
            uint256 which = indexOf(inputs[i].id);
            uint256 had = quantityIn(before, inputs[i].id);
            if (inputs[i].quantity <= had) continue;
            if (!usable(which) || _held[which][1] < inputs[i].quantity - had) return false;
        }
        return true;
    }

    function burden(Input[] memory inputs) private view returns (uint256 sum) {
        for (uint256 i = 0; i < inputs.length; ++i) {
            sum += inputs[i].quantity * _goods[indexOf(inputs[i].id)].footprint;
        }
    }

    function quantityIn(Input[] memory inputs, uint256 id) private pure returns (uint256) {
        for (uint256 i = 0; i < inputs.length; ++i) if (inputs[i].id == id) return inputs[i].quantity;
        return 0;
    }

    function indexOf(uint256 id) private view returns (uint256 which) {
        while (_goods[which].id != id) ++which;
    }

    /// @dev Mostly what the maker holds of it, or a part.
    function share(uint256 which, uint32 amount) private view returns (uint80) {
        return uint80(amount % (_held[which][1] + 2)) + 1;
    }

    function usable(uint256 which) private view returns (bool) {
        return _goods[which].status == 1;
    }
}

/// @notice INV-14, whatever the traders do in whatever order.
contract ProductLedgerInvariantTest is Scene {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Traders private traders;
    ProductLedger private products;

    function setUp() public {
        traders = new Traders();
        products = traders.ledger();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(traders);
    }

    /// @dev The scene is set up once.
    function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
        excluded = new FuzzSelector[](1);
        excluded[0].addr = address(traders);
        excluded[0].selectors = new bytes4[](1);
        excluded[0].selectors[0] = ProductScene.setUp.selector;
    }

    /// @notice INV-14: balances, used and retired are what was issued, and no more was issued than was ever certified.
    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 120
    function invariant_nothing_comes_from_nowhere_and_nothing_returns() public view {
        require(!traders.cheated(), "what must be refused was accepted");
        Traders.Goods[] memory goods = traders.goodsOfAll();
        for (uint256 i = 0; i < goods.length; ++i) {
            Traders.Goods memory g = goods[i];
            uint256 held;
            for (uint256 k = 0; k < traders.HOLDERS(); ++k) {
                uint256 balance = products.balanceOf(traders.holderAt(k), g.id);
                require(balance == traders.heldOf(i, k), "goods moved by themselves");
                held += balance;
            }
            ProductLedger.AccountView memory a = products.account(g.id);
            require(a.used == g.used && a.retired == g.retired, "what was used or retired came back");
            require(held + a.used + a.retired == a.issued, "goods out of nothing");
            require(held == products.totalSupply(g.id), "the supply is not what is held");
            require(a.issued == g.mostCertified, "more was issued than was certified");
        }
    }

    /// @notice INV-14: one account through all corrections, with the newest certificate's figures.
    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 120
    function invariant_the_newest_certificate_speaks_for_the_account() public view {
        Traders.Goods[] memory goods = traders.goodsOfAll();
        for (uint256 i = 0; i < goods.length; ++i) {
            ProductLedger.AccountView memory a = products.account(goods[i].id);
            require(a.certificate == goods[i].certificate && a.status == goods[i].status, "another certificate speaks");
            require(a.footprint == goods[i].footprint && a.certified == goods[i].certified, "other figures hold");
            require(products.accountOf(a.certificate) == goods[i].id, "the account was lost");
        }
    }
}
