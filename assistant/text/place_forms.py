"""Short forms of names of places: "CA" is California, "the UK" the United Kingdom. Pure data."""

from __future__ import annotations

_STATES = """AL Alabama AK Alaska AZ Arizona AR Arkansas CA California CO Colorado CT Connecticut
DE Delaware FL Florida GA Georgia HI Hawaii ID Idaho IL Illinois IN Indiana IA Iowa KS Kansas
KY Kentucky LA Louisiana ME Maine MD Maryland MA Massachusetts MI Michigan MN Minnesota
MS Mississippi MO Missouri MT Montana NE Nebraska NV Nevada NH New_Hampshire NJ New_Jersey
NM New_Mexico NY New_York NC North_Carolina ND North_Dakota OH Ohio OK Oklahoma OR Oregon
PA Pennsylvania RI Rhode_Island SC South_Carolina SD South_Dakota TN Tennessee TX Texas UT Utah
VT Vermont VA Virginia WA Washington WV West_Virginia WI Wisconsin WY Wyoming
DC District_of_Columbia BC British_Columbia ON Ontario QC Quebec AB Alberta NSW New_South_Wales"""
_COUNTRIES = (
    ("UK", "U.K.", "United Kingdom", "Great Britain", "Britain"),
    ("US", "U.S.", "USA", "U.S.A.", "United States", "United States of America"),
    ("UAE", "U.A.E.", "United Arab Emirates"),
    ("EU", "E.U.", "European Union"),
    ("NZ", "New Zealand"),
    ("PRC", "China", "People's Republic of China"),
    ("DRC", "Democratic Republic of the Congo"),
    ("Holland", "Netherlands"),
    ("Czechia", "Czech Republic"),
)


def _forms() -> dict[str, tuple[str, ...]]:
    parts = _STATES.split()
    groups = [
        (short, name.replace("_", " ")) for short, name in zip(parts[::2], parts[1::2], strict=True)
    ]
    found: dict[str, tuple[str, ...]] = {}
    for group in [*groups, *_COUNTRIES]:
        for form in group:
            found[form.replace(".", "")] = tuple(other for other in group if other != form)
    return found


PLACE_FORMS = _forms()
"""A form of a name, without full stops → its other forms."""
SHORT_COUNTRIES = frozenset({"UK", "US", "USA", "UAE", "EU", "NZ"})
"""Short forms that say where something is: a source that has none of the name's forms does not
say so."""
