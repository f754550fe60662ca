"""Ways to cheat with certified goods. Each is tried on the real contracts, after which the chain forgets it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from eth_utils.crypto import keccak

from devnet.demo.stage import EVALUATOR
from devnet.supply.makers import INGOT, SEDAN
from devnet.supply.scene import ACCEPTED, Scene
from ledger.chain.goods import read_picture
from ledger.identifiers.vaa import leaf, node
from ledger.language import Language
from ledger.tracing.trace import trace

Words = tuple[str, str]
EVALUATES, VERIFIES = 1, 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """`answer`: what must come of it – the contract's reason –, `says` the same in words. `minted`: whether the car's
    certificate stands already."""

    name: str
    invariant: str
    title: Mapping[Language, str]
    answer: str
    says: Mapping[Language, str]
    run: Callable[[Scene], str]
    minted: bool = False


def _sold_twice(scene: Scene) -> str:
    """All that is left goes to one customer, and then to another."""
    left = scene.held(scene.smelter, scene.ingots)
    first = scene.deliver(scene.smelter, scene.car, scene.ingots, left)
    return scene.deliver(scene.smelter, scene.filters, scene.ingots, left) if first == ACCEPTED else first


def _superseded(scene: Scene) -> str:
    """The smelter lets its certificate be superseded by an equal one, and sells the whole quantity again."""
    statement = scene.smelter.issued[INGOT].issued.statement
    successor = replace(
        statement, supersedes=scene.ingots, valid_until=scene.statement.valid_until,
        submit_before=scene.statement.submit_before,
    )  # fmt: skip
    by = scene.smelter.stage.accounts["enterprise"]
    minted = scene.mint(successor, (), by=by)
    if minted != ACCEPTED:
        return minted
    return scene.deliver(scene.smelter, scene.car, scene.ingots, statement.quantity)


def _suspended(scene: Scene) -> str:
    suspender = scene.ground.accounts["suspender"]
    scene.send(suspender, "CertificateRegistry", "suspend", scene.ingots, "a doubt about the meters")
    return scene.mint()


def _claims_less(scene: Scene) -> str:
    """A footprint below what the inputs carry."""
    return scene.mint(replace(scene.statement, footprint=1_000_000))


def _left_out(scene: Scene) -> str:
    """Signed with all inputs, burned without one of them."""
    return scene.mint(inputs=scene.inputs[:1])


def _unaccredited(scene: Scene) -> str:
    stranger = scene.signer(VERIFIES)
    return scene.mint(replace(scene.statement, verifier=bytes.fromhex(stranger.address[2:])), verifier=stranger)


def _two_addresses(scene: Scene) -> str:
    """The evaluator's organisation has a second address accredited, as a verifier."""
    second = scene.signer(VERIFIES, node(EVALUATOR))
    return scene.mint(replace(scene.statement, verifier=bytes.fromhex(second.address[2:])), verifier=second)


def _foreign(scene: Scene) -> str:
    """The car maker certifies ingots under the smelter's prefix."""
    foreign = replace(scene.statement, identifier=INGOT, subject=leaf(INGOT), enterprise=node(INGOT.partition("/")[0]))
    return scene.mint(foreign)


def _used_twice(scene: Scene) -> str:
    """The goods that went into the car go into a second product."""
    second = f"{SEDAN}/second"
    return scene.mint(scene.with_inputs(scene.inputs, identifier=second, subject=leaf(second)))


def _twice_certified(scene: Scene) -> str:
    """The same days again, with another result."""
    return scene.mint(replace(scene.statement, result_hash=keccak(text="another"), upstream_root=bytes(32)), ())


def _revoked(scene: Scene) -> str:
    """Not refused by a contract, for the goods are used up: seen by whoever traces the car."""
    accounts, token = scene.ground.accounts, scene.ingots
    for role, name in (("revoker", "proposeRevocation"), ("confirmer", "confirmRevocation")):
        scene.send(accounts[role], "CertificateRegistry", name, token, "readings were invented")
    picture = read_picture(scene.ground.chain, "latest")
    car = picture.newest[leaf(SEDAN)]
    return trace(picture, car, None, keccak).nodes[car].worst


def _attempt(
    name: str, invariant: str, title: Words, answer: str, says: Words, run: Callable[[Scene], str], minted: bool = False
) -> Attempt:
    texts: list[Mapping[Language, str]] = [{"en": en, "zh": zh} for en, zh in (title, says)]
    return Attempt(name, f"INV-{invariant}", texts[0], answer, texts[1], run, minted)


ATTEMPTS: tuple[Attempt, ...] = (
    _attempt("sold-twice", "14", ("ingots sold to two customers", "同一批铝锭卖给两家客户"),
             "ERC6909InsufficientBalance", ("the smelter no longer holds them", "铝厂已不再持有"), _sold_twice),
    _attempt("superseded", "14", ("a certificate superseded in order to mint again", "以替代证书的方式重复铸造"),
             "ERC6909InsufficientBalance",
             ("the successor takes the account over: what was issued is not issued again",
              "新证书接管原账户：已发行的数量不再发行"), _superseded),
    _attempt("suspended", "14", ("aluminium of a suspended certificate used", "使用已被暂停证书的铝"),
             "ProductLedgerBlocked", ("its account is blocked", "该账户已冻结"), _suspended),
    _attempt("claims-less", "14", ("a car that claims less than its parts carry", "整车声明的排放低于其零部件之和"),
             "ProductLedgerClaimsLess",
             ("quantity × footprint must cover the inputs", "数量×足迹必须不低于各投入之和"), _claims_less),
    _attempt("left-out", "14", ("an input signed for, but not burned", "已签署的投入未被销毁"),
             "ProductLedgerWrongInputs", ("the statement commits to all of them", "陈述对全部投入作了承诺"), _left_out),
    _attempt("unaccredited", "12", ("a verifier without accreditation", "无资质的核查人签名"),
             "CertificateRegistryNotAccredited", ("nobody accredited this address", "此地址未获资质"), _unaccredited),
    _attempt("two-addresses", "12", ("one organisation under two addresses", "同一机构使用两个地址"),
             "CertificateRegistrySameOrganisation",
             ("evaluator and verifier are one organisation", "评价方与核查方为同一机构"), _two_addresses),
    _attempt("foreign", "13", ("the car maker certifies under the smelter's prefix", "整车厂在铝厂前缀下出证"),
             "CertificateRegistryNotHolder", ("the prefix is another's", "该前缀属于他人"), _foreign),
    _attempt("used-twice", "14", ("the same filters put into a second product", "同一批滤清器用于第二种产品"),
             "ERC6909InsufficientBalance", ("they were burned with the first", "已随第一种产品销毁"), _used_twice,
             minted=True),
    _attempt("twice-certified", "24", ("the same days certified twice, differently", "同一时段以不同结果再次出证"),
             "CertificateRegistryOverlap", ("the period is taken", "该时段已有证书"), _twice_certified, minted=True),
    _attempt("revoked", "14", ("a certificate revoked after its goods were used", "产品用尽之后上游证书被撤销"),
             "revoked", ("the trace of the car shows it at every tier", "整车的追溯在每一层都会显示"), _revoked,
             minted=True),
)  # fmt: skip
