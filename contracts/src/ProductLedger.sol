// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC6909TokenSupply} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";
import {ICertificateStatus} from "./ICertificateStatus.sol";
import {Statement} from "./Statement.sol";
import {Input, Upstream} from "./Upstream.sol";

/// @title Certified goods
/// @notice ERC-6909: an id is the token number of the product certificate that opened the account, a balance the
/// certified quantity in 10⁻³ of its unit. Delivering transfers; using, as input of another certified product, and
/// retiring, for the end use, burn. A successor takes over its predecessor's account, id and delivered units included.
/// @dev No role reaches anything here: units come from a mint that the three parties signed, and go by their holder's
/// own transaction.
contract ProductLedger is ERC6909, IERC6909TokenSupply {
    using Upstream for Input[];

    /// @notice Quantities and footprints are below 2^80, so that no sum of their products overflows.
    uint256 public constant LIMIT = 1 << 80;
    /// @notice Longest text of a retirement in bytes.
    uint256 public constant MAX_TEXT = 1024;
    /// @notice How many inputs, of all tiers together, `upstreamOf` looks through.
    uint256 public constant MAX_LOOKED_THROUGH = 256;
    /// @notice What `upstreamOf` answers when there are more, and nothing stands against those that it saw.
    uint8 public constant UNSEEN = 255;

    uint8 private constant SUSPENDED = 2;
    uint8 private constant REVOKED = 3;

    /// @dev What each use changes shares a slot with what it reads.
    /// @param takenOver whether `certificate` is set; until then it is the one that opened the account
    /// @param certified 0 but where it is less than `issued`
    /// @param unit hash of the declared unit
    struct Account {
        uint80 footprint;
        uint80 issued;
        uint80 used;
        bool takenOver;
        uint80 retired;
        uint80 certified;
        uint256 certificate;
        bytes32 unit;
    }

    /// @notice An account, as a page shows it; quantities in 10⁻³ of the unit.
    /// @param certificate the newest certificate of the account, which speaks for it
    /// @param status of that certificate: 2 and 3 block the account
    /// @param footprint in 10⁻⁶ kgCO2e per unit
    /// @param certified what the newest certificate declares
    /// @param issued what was ever minted; more than `certified` after a correction downwards
    /// @param used burned as input of another certified product
    /// @param retired burned for an end use
    struct AccountView {
        uint256 certificate;
        uint8 status;
        uint256 footprint;
        uint256 certified;
        uint256 issued;
        uint256 used;
        uint256 retired;
    }

    /// @notice The registry whose mints open accounts.
    ICertificateStatus public immutable CERTIFICATES;

    mapping(uint256 id => Account) private _accounts;
    /// @dev The account of a successor.
    mapping(uint256 tokenId => uint256 id) private _ids;
    /// @dev What a certificate's product was made of, by ascending id.
    mapping(uint256 tokenId => Input[]) private _inputs;

    /// @notice A certificate's quantity is on the ledger.
    event AccountOpened(
        uint256 indexed id, address indexed holder, uint256 quantity, uint256 footprint, string unit
    );
    /// @notice A successor speaks for the account from now on; `minted` is what it declares beyond what was issued.
    event AccountTakenOver(
        uint256 indexed id, uint256 indexed predecessor, uint256 indexed successor, uint256 minted, uint256 footprint
    );
    /// @notice Units went into the product of the certificate `tokenId`.
    event Used(
        uint256 indexed id, uint256 indexed tokenId, address indexed holder, uint256 quantity, uint256 footprint
    );
    /// @notice Units reached their end use.
    event Retired(
        uint256 indexed id, address indexed holder, uint256 quantity, string beneficiary, string reason
    );

    /// @notice Accounts are kept by the registry's mints alone.
    error ProductLedgerNotRegistry(address caller);
    /// @notice The statement commits to other inputs than these.
    error ProductLedgerWrongInputs(bytes32 upstreamRoot, bytes32 given);
    /// @notice No certificate opened an account of this id.
    error ProductLedgerUnknown(uint256 id);
    /// @notice The account's certificate is suspended or revoked.
    error ProductLedgerBlocked(uint256 id, uint256 certificate, uint8 status);
    /// @notice A product is not made of itself.
    error ProductLedgerOwnInput(uint256 id);
    /// @notice A successor declares another unit than the account was opened with.
    error ProductLedgerOtherUnit(uint256 id);
    /// @notice The successor of a certificate on the ledger declares a quantity.
    error ProductLedgerNoQuantity(uint256 id);
    /// @notice The predecessor burned this much of an input; it may only be left out once it is revoked.
    error ProductLedgerInputLeftOut(uint256 id, uint256 quantity);
    /// @notice Quantity × footprint is less than that of the inputs; both in 10⁻⁹ kgCO2e.
    error ProductLedgerClaimsLess(uint256 claimed, uint256 burned);
    /// @notice There is nothing to retire.
    error ProductLedgerNothing();
    /// @notice A retirement says for whom and why, in 1 to 1,024 bytes each.
    error ProductLedgerText();

    /// @dev Made by the registry's constructor, so that neither can be exchanged.
    constructor() {
        CERTIFICATES = ICertificateStatus(msg.sender);
    }

    /// @notice Books a product certificate that is being minted: burns its inputs, opens or takes over its account.
    /// @param inputs what `s.upstreamRoot` commits to; of what the predecessor burned already, only the rest is burned
    function record(uint256 tokenId, Statement calldata s, Input[] calldata inputs) external {
        if (msg.sender != address(CERTIFICATES)) revert ProductLedgerNotRegistry(msg.sender);
        bytes32 root = inputs.root();
        if (root != s.upstreamRoot) revert ProductLedgerWrongInputs(s.upstreamRoot, root);
        uint256 id = accountOf(s.supersedes);
        uint256 burned = _use(tokenId, id, s, inputs);
        uint256 claimed = uint256(s.footprint) * s.quantity;
        if (claimed < burned) revert ProductLedgerClaimsLess(claimed, burned);
        if (id != 0) _takeOver(id, tokenId, s);
        else if (s.quantity != 0) _open(tokenId, s);
    }

    /// @notice Burns the caller's units for their end use, for good.
    /// @param beneficiary on whose behalf
    /// @param reason what they were used for
    function retire(uint256 id, uint256 quantity, string calldata beneficiary, string calldata reason) external {
        if (quantity == 0) revert ProductLedgerNothing();
        if (!_isText(beneficiary) || !_isText(reason)) revert ProductLedgerText();
        _burn(msg.sender, id, quantity);
        _accounts[id].retired += uint80(quantity);
        emit Retired(id, msg.sender, quantity, beneficiary, reason);
    }

    /// @notice The account for which a certificate spoke or speaks: its first certificate's token number, 0 for none.
    function accountOf(uint256 tokenId) public view returns (uint256 id) {
        id = _ids[tokenId];
        if (id == 0 && _accounts[tokenId].issued != 0) id = tokenId;
    }

    /// @notice An account by its id; all zero if there is none.
    function account(uint256 id) external view returns (AccountView memory shown) {
        Account memory a = _accounts[id];
        if (a.issued == 0) return shown;
        uint256 certificate = certificateOf(id);
        uint8 status = CERTIFICATES.statusOf(certificate);
        uint80 certified = a.certified == 0 ? a.issued : a.certified;
        return AccountView(certificate, status, a.footprint, certified, a.issued, a.used, a.retired);
    }

    /// @notice The newest certificate of an account, which speaks for it; 0 if there is no such account.
    function certificateOf(uint256 id) public view returns (uint256 tokenId) {
        Account storage a = _accounts[id];
        if (a.issued != 0) tokenId = a.takenOver ? a.certificate : id;
    }

    /// @notice What a certificate's product was made of.
    function inputsOf(uint256 tokenId) external view returns (Input[] memory) {
        return _inputs[tokenId];
    }

    /// @notice The root that a statement with these inputs carries.
    function upstreamRoot(Input[] calldata inputs) external pure returns (bytes32) {
        return inputs.root();
    }

    /// @notice The worst that stands against what a certificate's product was made of, through all tiers: 3 a revoked
    /// certificate, 2 a suspended one, `UNSEEN` nothing among the nearest 256 inputs, 0 nothing.
    function upstreamOf(uint256 tokenId) external view returns (uint8 worst) {
        uint256[] memory seen = new uint256[](MAX_LOOKED_THROUGH + 1);
        uint256 count = 1;
        uint256 looked = 0;
        seen[0] = tokenId;
        for (uint256 i = 0; i < count; ++i) {
            Input[] storage inputs = _inputs[seen[i]];
            for (uint256 k = 0; k < inputs.length; ++k) {
                if (looked++ == MAX_LOOKED_THROUGH) return worst == 0 ? UNSEEN : worst;
                uint256 certificate = certificateOf(inputs[k].id);
                if (_holds(seen, count, certificate)) continue;
                uint8 status = CERTIFICATES.statusOf(certificate);
                if (status == REVOKED) return REVOKED;
                if (status == SUSPENDED) worst = SUSPENDED;
                seen[count++] = certificate;
            }
        }
    }

    /// @notice Units of an account that were neither used nor retired.
    function totalSupply(uint256 id) external view returns (uint256) {
        Account storage a = _accounts[id];
        return uint256(a.issued) - a.used - a.retired;
    }

    /// @notice ERC-165.
    function supportsInterface(bytes4 interfaceId) public view override(ERC6909, IERC165) returns (bool) {
        return interfaceId == type(IERC6909TokenSupply).interfaceId || super.supportsInterface(interfaceId);
    }

    /// @dev The last word on every way in which units leave a holder. Expiry strands no goods.
    function _update(address from, address to, uint256 id, uint256 amount) internal override {
        if (from != address(0)) _requireUsable(id);
        super._update(from, to, id, amount);
    }

    function _open(uint256 tokenId, Statement calldata s) private {
        Account storage a = _accounts[tokenId];
        uint80 quantity = uint80(s.quantity);
        (a.footprint, a.issued) = (uint80(s.footprint), quantity);
        a.unit = keccak256(bytes(s.unit));
        emit AccountOpened(tokenId, s.recipient, quantity, s.footprint, s.unit);
        _mint(s.recipient, tokenId, quantity);
    }

    function _takeOver(uint256 id, uint256 tokenId, Statement calldata s) private {
        Account storage a = _accounts[id];
        if (s.quantity == 0) revert ProductLedgerNoQuantity(id);
        if (a.unit != keccak256(bytes(s.unit))) revert ProductLedgerOtherUnit(id);
        uint80 quantity = uint80(s.quantity);
        uint80 more = quantity > a.issued ? quantity - a.issued : 0;
        (a.footprint, a.issued, a.takenOver) = (uint80(s.footprint), a.issued + more, true);
        a.certified = quantity < a.issued ? quantity : 0;
        a.certificate = tokenId;
        _ids[tokenId] = id;
        emit AccountTakenOver(id, s.supersedes, tokenId, more, s.footprint);
        if (more != 0) _mint(s.recipient, id, more);
    }

    /// @dev Both lists ascend by id, so one pass compares them.
    /// @return burned quantity × footprint of all inputs, at today's footprints
    function _use(
        uint256 tokenId,
        uint256 own,
        Statement calldata s,
        Input[] calldata inputs
    ) private returns (uint256 burned) {
        Input[] storage before = _inputs[s.supersedes];
        uint256 next = 0;
        for (uint256 i = 0; i < inputs.length; ++i) {
            Input calldata input = inputs[i];
            if (input.id == own) revert ProductLedgerOwnInput(own);
            next = _leaveOut(before, next, input.id);
            uint80 had = next < before.length && before[next].id == input.id ? before[next++].quantity : 0;
            if (input.quantity < had) _requireRevoked(input.id, had);
            if (input.quantity > had) _useMore(tokenId, s.recipient, input.id, input.quantity - had);
            burned += uint256(input.quantity) * _accounts[input.id].footprint;
            _inputs[tokenId].push(input);
        }
        _leaveOut(before, next, type(uint256).max);
    }

    function _useMore(uint256 tokenId, address holder, uint256 id, uint80 quantity) private {
        Account storage a = _accounts[id];
        if (a.issued == 0) revert ProductLedgerUnknown(id);
        _burn(holder, id, quantity);
        a.used += quantity;
        emit Used(id, tokenId, holder, quantity, a.footprint);
    }

    /// @dev Passes over the predecessor's inputs below `id`.
    function _leaveOut(Input[] storage before, uint256 next, uint256 id) private view returns (uint256) {
        for (; next < before.length && before[next].id < id; ++next) {
            _requireRevoked(before[next].id, before[next].quantity);
        }
        return next;
    }

    function _requireRevoked(uint256 id, uint256 quantity) private view {
        if (CERTIFICATES.statusOf(certificateOf(id)) != REVOKED) revert ProductLedgerInputLeftOut(id, quantity);
    }

    function _requireUsable(uint256 id) private view {
        uint256 certificate = certificateOf(id);
        uint8 status = CERTIFICATES.statusOf(certificate);
        if (status == SUSPENDED || status == REVOKED) revert ProductLedgerBlocked(id, certificate, status);
    }

    function _isText(string calldata text) private pure returns (bool) {
        return bytes(text).length != 0 && bytes(text).length <= MAX_TEXT;
    }

    function _holds(uint256[] memory list, uint256 count, uint256 value) private pure returns (bool) {
        for (uint256 i = 0; i < count; ++i) if (list[i] == value) return true;
        return false;
    }
}
