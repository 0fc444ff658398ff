"""The vocabulary of the demo: names of customers, jobs and people, none of them real."""


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(separator))


FIRST_WORDS = _words(
    "Alder Basalt Birchwood Blackrock Bluestem Bridger Camas Cedar Chinook Clearwater Columbia"
    " Copper Cottonwood Crestline Deschutes Dogwood Douglas Eastmoor Elk Evergreen Fern Fircrest"
    " Foothill Granite Harbor Hawthorn Hemlock Highland Ironwood Juniper Kestrel Larch Laurel"
    " Madrone Maple Meadow Metolius Northgate Oak Osprey Owlcreek Pine Ponderosa Prairie Quartz"
    " Redtail Ridgeline Riverbend Sagebrush Salmon Sandstone Sequoia Silver Spruce Stone Summit"
    " Tamarack Timberline Tualatin Umber Valley Westwind Willow Yarrow Peña Müller Nuñez Łukasz"
)
TRADES = _words(
    "Builders;Construction;Custom Homes;Remodeling;Framing;Roofing;General Contracting;Carpentry;"
    "Development;Decks & Fences;Drywall;Concrete;Restoration;Homes;Cabinetry;Exteriors;Siding;"
    "Property Services;Kitchens & Baths;Timber Frames",
    ";",
)
ENDINGS = ("LLC", "Inc.", "Co.", "", "", "")
GIVEN_NAMES = _words(
    "Ana Ben Carla Dmitri Elena Frank Grace Hector Ines Jonas Kira Luis Marta Nolan Odile Pavel"
    " Quinn Rosa Stefan Tessa Uma Victor Wendy Xavier Yusuf Zoë"
)
FAMILY_NAMES = _words(
    "Abbott Brandt Castillo Dahl Engstrom Farrow Gallo Hobbs Ibarra Jansen Kowalski Lindqvist"
    " Moreau Nakata Ortega Pruitt Quist Rourke Salazar Tanaka Ulrich Vance Whitlock Yoder Zamora"
)
STREETS = _words(
    "Alder Birch Cedar Dogwood Elm Fir Grove Hazel Ivy Juniper Larch Maple Oak Poplar Rowan Spruce"
)
STREET_KINDS = ("Street", "Avenue", "Lane", "Court", "Drive")
PLACES = _words(
    "Fern Hollow;Riverside;Quarry Bluff;Orchard Hill;Heron Landing;Sawmill Flats;North Bench;"
    "Lakeview;Miller's Crossing;Stonegate;Foxglove;Harvest Point",
    ";",
)
WORKS = _words(
    "kitchen remodel;garage;second storey;deck;re-roof;new house;barn;guest house;siding;"
    "whole-house remodel;shop building;addition",
    ";",
)
PROJECTS = _words(
    "Townhomes phase {n};Lot {n};Apartments building {n};Clubhouse;Model home {n};Duplex {n};"
    "Storage building {n}",
    ";",
)
CREDIT_REASONS = ("Return", "Price", "Damage", "Rebate")
