"""What a key that was retired still vouches for: what it signed before, until its end; nothing that is dated later."""

import time
from typing import Any

import pytest

from ledger.credentials.certificate import local_time
from ledger.credentials.did_document import RetiredKey, did_document
from ledger.credentials.errors import CredentialError
from ledger.credentials.trust import TrustedIssuer, read_did_document
from ledger.credentials.verify import Verdict, judge, read_list, verify
from tests.credentials.envelopes import ENVELOPES, lists
from tests.credentials.issuers import PUBLIC_URL, issuer
from tests.credentials.judging import ask
from tests.credentials.samples import EXPIRY, NOW
from tests.credentials.test_judges import question
from tests.gateway.samples import MINTED

UNTIL = NOW + 1_000


def document(since: int | None, until: int = UNTIL) -> dict[str, Any]:
    """Of an issuer who replaced all the keys that the samples are signed by."""
    own = issuer()
    return did_document(own.did, [], PUBLIC_URL, [RetiredKey(jwk, until, since) for jwk in own.jwks.values()])


def retired(since: int | None, until: int = UNTIL) -> TrustedIssuer:
    return read_did_document(document(since, until))


@pytest.mark.parametrize("name", ENVELOPES)
@pytest.mark.parametrize("since", [NOW, None])
def test_what_was_signed_before_goes_on_verifying(name: str, since: int | None) -> None:
    checked = verify(ENVELOPES[name](), retired(since))
    known = [read_list(data, retired(since)) for data in lists()]
    assert judge(checked, NOW, known) is Verdict.VALID
    assert judge(checked, UNTIL - 1, []) is Verdict.UNCHECKED
    assert judge(checked, UNTIL, known) is Verdict.KEY_ENDED
    assert judge(checked, EXPIRY, known) is Verdict.EXPIRED


@pytest.mark.parametrize("name", ENVELOPES)
def test_nothing_dated_later_is_believed(name: str) -> None:
    """Whoever got hold of a key after its time can sign with it, but not for the time after."""
    with pytest.raises(CredentialError, match="retired") as refused:
        verify(ENVELOPES[name](), retired(MINTED - 1))
    assert refused.value.code == "key"


def test_a_proof_says_itself_when_it_was_made() -> None:
    with pytest.raises(CredentialError, match="retired"):
        verify(ENVELOPES["vc"](), retired(NOW - 1))


@pytest.mark.parametrize("place", range(3))
def test_a_status_list_dated_later_is_not_believed(place: int) -> None:
    with pytest.raises(CredentialError, match="retired"):
        read_list(lists()[place], retired(NOW - 1))
    assert read_list(lists()[place], retired(NOW, NOW + 60)).ends == NOW + 60


def test_a_revoked_key_verifies_nothing_more() -> None:
    """Controlled Identifiers 1.0, 2.2; in a DID document by others."""
    own = issuer()
    told = did_document(own.did, list(own.jwks.values()), PUBLIC_URL)
    for method in told["verificationMethod"]:
        method["revoked"] = local_time(NOW - 5, "+00:00")
    assert judge(verify(ENVELOPES["vc"](), read_did_document(told)), NOW, []) is Verdict.KEY_ENDED
    told["verificationMethod"][0]["revoked"] = "yesterday"
    with pytest.raises(CredentialError, match="time"):
        read_did_document(told)


def test_verifiers_by_others_take_a_retired_key_until_its_end() -> None:
    own, now = issuer(), int(time.time())
    asked = question("vc")
    good = {**asked["documents"], own.did: document(NOW, now + 3_600)}
    assert ask({**asked, "documents": good})[0]["verified"] is True
