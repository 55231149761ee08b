"""The tools of marketing.yaml: plain functions, found by their names.

Each waits as long as the service it stands for would, so that one sees four of them run at once.
"""
import time
from datetime import datetime

CUSTOMERS = {
    "alice": {"name": "Alice", "email": "alice@example.com", "birthday": "May 1"},
    "bob": {"name": "Bob", "email": "bob@example.com", "birthday": "October 1"},
}

PURCHASES = {
    "alice": [{"kind": "video game", "title": "Arkanoid", "date": "2000-10-10"}],
    "bob": [
        {"kind": "movie", "title": "Batman Begins", "date": "2015-10-10"},
        {"kind": "movie", "title": "The Dark Knight", "date": "2020-08-08"},
    ],
}

ON_SALE = [
    {"kind": "household", "title": "Broom"},
    {"kind": "video game", "title": "Metroid"},
    {"kind": "movie", "title": "The Lord of the Rings"},
]


def get_current_time():
    time.sleep(0.2)
    return datetime.now().strftime("%A, %B %d, %I:%M %p")


def get_user_information(username):
    time.sleep(0.4)
    return CUSTOMERS.get(username, {"name": username})


def get_user_last_purchases(username):
    time.sleep(0.6)
    return PURCHASES.get(username, [])


def get_items_on_sale():
    time.sleep(0.5)
    return ON_SALE
