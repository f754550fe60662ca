"""The worked examples and test cases of SD-JWT's authors, issued and shown by their library, read by ours."""

from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from sd_jwt.holder import SDJWTHolder  # type: ignore[import-untyped]
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]
from sd_jwt.utils.yaml_specification import load_yaml_specification  # type: ignore[import-untyped]
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

from ledger.credentials.errors import CredentialError
from ledger.credentials.jose import unverified_payload
from ledger.credentials.key_binding import Asked, check_binding
from ledger.credentials.sd_jwt import reveal, separate

ISSUER, HOLDER = (JWK.generate(kty="EC", crv="P-256") for _ in range(2))
BANK = Asked("1234567890", "https://example.com/verifier")
CASES = (
    "examples/address_only_flat", "examples/address_only_recursive", "examples/address_only_structured",
    "examples/address_only_structured_one_open", "examples/complex_eidas", "examples/complex_eidas_proposal",
    "examples/complex_ekyc", "examples/jsonld", "examples/simple", "examples/simple_array",
    "examples/simple_structured", "examples/w3c-vc", "tests/testcases/array_data_types",
    "tests/testcases/array_full_sd", "tests/testcases/array_in_sd", "tests/testcases/array_nested_in_plain",
    "tests/testcases/array_none_disclosed", "tests/testcases/array_of_nulls", "tests/testcases/array_of_objects",
    "tests/testcases/array_of_scalars", "tests/testcases/array_recursive_sd",
    "tests/testcases/array_recursive_sd_some_disclosed", "tests/testcases/key_binding", "tests/testcases/no_sd",
    "tests/testcases/object_data_types", "tests/testcases/recursions",
)  # fmt: skip


@pytest.mark.parametrize("decoys", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_what_their_library_shows_reads_the_same(vectors: Path, case: str, decoys: bool) -> None:
    told = load_yaml_specification(vectors / "sdjwt" / case / "specification.yml")
    issued = SDJWTIssuer(told["user_claims"], ISSUER, HOLDER, add_decoy_claims=decoys).sd_jwt_issuance
    holder = SDJWTHolder(issued)
    holder.create_presentation(told["holder_disclosed_claims"], BANK.nonce, BANK.audience, HOLDER)
    text = holder.sd_jwt_presentation
    theirs = SDJWTVerifier(text, lambda _issuer, _header: ISSUER, BANK.audience, BANK.nonce).get_verified_payload()
    token, disclosures, binding = separate(text)
    payload = unverified_payload(token)
    ours = reveal(payload, disclosures)
    assert ours == theirs
    if "expect_verified_user_claims" in told:
        assert without_holder(ours) == told["expect_verified_user_claims"]
    assert check_binding(text.removesuffix(binding), binding, payload, BANK).audience == BANK.audience
    with pytest.raises(CredentialError, match="somebody else"):
        check_binding(text.removesuffix(binding), binding, payload, Asked(BANK.nonce, "https://other.example"))


def without_holder(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name != "cnf"}
