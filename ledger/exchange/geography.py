"""Where a footprint is from: GB/T 2260 region → ISO 3166-2 subdivision, and which names of PACT contain it."""

_BY_NUMBER = {
    "11": "BJ", "12": "TJ", "13": "HE", "14": "SX", "15": "NM", "21": "LN", "22": "JL", "23": "HL", "31": "SH",
    "32": "JS", "33": "ZJ", "34": "AH", "35": "FJ", "36": "JX", "37": "SD", "41": "HA", "42": "HB", "43": "HN",
    "44": "GD", "45": "GX", "46": "HI", "50": "CQ", "51": "SC", "52": "GZ", "53": "YN", "54": "XZ", "61": "SN",
    "62": "GS", "63": "QH", "64": "NX", "65": "XJ", "71": "TW", "81": "HK", "82": "MO",
}  # fmt: skip
_CHINA = "CN"
_REGIONS = {_CHINA: ("Asia", "Eastern Asia")}


def geography(region: str) -> dict[str, str]:
    """At most one of PACT's three geography fields: the province of the six digits of GB/T 2260, else the country that
    a letter code such as `CN` or `KR` names, else nothing, which in PACT means 'global'."""
    if region[:2].isdecimal():
        letters = _BY_NUMBER.get(region[:2])
        return {"geographyCountrySubdivision": f"{_CHINA}-{letters}"} if letters else {"geographyCountry": _CHINA}
    country = region[:2].upper()
    if len(country) < 2 or not (country.isascii() and country.isalpha()) or region[2:3].isalnum():
        return {}
    return {"geographyCountry": country}


def places_of(pcf: dict[str, object]) -> frozenset[str]:
    """Case-folded names of all areas that contain the footprint's: subdivision, its country, that one's regions."""
    found = {str(pcf[name]) for name in _FIELDS if name in pcf}
    countries = {place[:2] for place in found if len(place) == 2 or place[2:3] == "-"}
    regions = {region for country in countries for region in _REGIONS.get(country, ())}
    return frozenset(place.casefold() for place in found | countries | regions)


_FIELDS = ("geographyRegionOrSubregion", "geographyCountry", "geographyCountrySubdivision")
