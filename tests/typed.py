"""What a reader may type for a place, and the councils that it leads to; for register and page."""

# typed, the year, the councils' names, what is said of it ("" where it is a council of the year)
TYPED = [
    ("Kent", "2024-25", ["Kent"], ""),
    ("st. helens", "2024-25", ["St Helens"], ""),
    ("Saint Helens", "2024-25", ["St Helens"], ""),
    ("London Borough of Barnet", "2024-25", ["Barnet"], ""),
    ("hammersmith & fulham", "2024-25", ["Hammersmith and Fulham"], ""),
    ("BATH AND NORTH-EAST SOMERSET", "2024-25", ["Bath and North East Somerset"], ""),
    ("BCP", "2024-25", ["Bournemouth, Christchurch and Poole"], ""),
    ("City of London", "2024-25", ["City of London"], ""),
    ("city of bristol", "2024-25", ["Bristol"], ""),
    ("canterbury", "2024-25", ["Kent"], "is a district of Kent, which is responsible"),
    ("Canterbury City Council", "2024-25", ["Kent"], "Canterbury is a district of Kent"),
    ("Borough of Watford", "2024-25", ["Hertfordshire"], "is a district of Hertfordshire"),
    ("St.Albans", "2024-25", ["Hertfordshire"], "St Albans is a district"),
    ("Royal Tunbridge Wells", "2024-25", ["Kent"], "Tunbridge Wells is a district of Kent"),
    ("Saint Albans", "2024-25", ["Hertfordshire"], "St Albans is a district"),
    ("Kings Lynn & West Norfolk", "2024-25", ["Norfolk"], "King's Lynn and West Norfolk is"),
    ("berwick upon tweed", "2024-25", ["Northumberland"], "until April 2009"),
    ("Stratford on Avon District", "2024-25", ["Warwickshire"], "is a district of Warwickshire"),
    ("Shepway", "2024-25", ["Kent"], "Until April 2018 Shepway was the name of a district of Kent"),
    ("Allerdale", "2024-25", ["Cumberland"], "was a district of Cumbria until April 2023"),
    ("Allerdale", "2018-19", ["Cumbria"], "was a district of Cumbria until April 2023"),
    ("Christchurch", "2018-19", ["Dorset (to 2018-19)"], "was a district of Dorset"),
    ("Waveney", "2024-25", ["Suffolk"], "was a district of Suffolk until April 2019"),
    (
        "Cumbria",
        "2024-25",
        ["Cumberland", "Westmorland and Furness"],
        "Cumbria was replaced by Cumberland and by Westmorland and Furness in April 2023",
    ),
    ("Poole", "2024-25", ["Bournemouth, Christchurch and Poole"], "Poole was replaced by Bourne"),
    ("Cumberland", "2018-19", ["Cumbria"], "Cumberland took over from Cumbria in April 2023"),
    (
        "Cheshire County Council",
        "2024-25",
        ["Cheshire East", "Cheshire West and Chester"],
        "was re",
    ),
]
# Towns, slips of the keyboard, what is hostile, and nothing much.
UNKNOWN = ["Bury St Edmunds", "Zennor", "<img src=x>", "&", "district"]
