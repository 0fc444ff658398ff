"""Which passwords are accepted: 12 to 256 characters, and none that everybody tries first."""

import re

from chalicelib.domain.errors import InvalidInput

SHORTEST, LONGEST = 12, 256
FEWEST_DIFFERENT = 5

# The words people build long passwords from (made for this product from what is well known);
# digits and signs around them and common letter swaps do not hide them.
_WORDS = """
password passwort contrasena motdepasse passcode secret changeme letmein welcome bienvenido
login signin admin administrator root superuser user username guest test testing tester demo
default temp temporary qwerty qwertyuiop qwertyui qwertz qwertzuiop azerty azertyuiop asdfgh
asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc iloveyou ilovegod iloveme loveyou lovely princess
sunshine football baseball basketball softball soccer hockey dragon monkey shadow master
superman batman spiderman starwars pokemon naruto trustno trustnoone whatever freedom computer
internet michael jennifer jessica charlie jordan ashley daniel michelle thomas summer winter
spring autumn january february october november december monday friday sunday chocolate
butterfly liverpool chelsea arsenal manchester barcelona realmadrid corvette mustang mercedes
ferrari yamaha harley blessed jesus jesuschrist samsung google facebook microsoft apple
company lumber lumberyard contractor builder building construction payment payments invoice
drypowder spruce correcthorsebatterystaple
"""
COMMON_WORDS = frozenset(_WORDS.split())
_SEQUENCES = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm")
_SWAPS = str.maketrans("@430157$!", "aaeolstsi")
_REFUSED = "This password is among those everybody tries first. Use a few unrelated words instead."


def check_password(password: str, *, email: str = "") -> None:
    """Raises InvalidInput (field password) for one too short, too long or too well known."""
    if len(password) < SHORTEST:
        _refuse(f"Use at least {SHORTEST} characters; a few unrelated words work well.")
    if len(password) > LONGEST:
        _refuse(f"Use at most {LONGEST} characters.")
    if is_common(password) or (
        email and password.lower() in {email, email.split("@", maxsplit=1)[0]}
    ):
        _refuse(_REFUSED)


def is_common(password: str) -> bool:
    """True for common words repeated or dressed up, runs along the keyboard, few characters."""
    lowered = password.lower()
    if len(set(lowered)) < FEWEST_DIFFERENT or _is_run(lowered):
        return True
    plain = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lowered).translate(_SWAPS)
    swapped = re.sub(r"[^a-z]", "", lowered.translate(_SWAPS))
    letters = re.sub(r"[^a-z]", "", lowered)
    return any(_is_of_common_words(form) for form in (plain, swapped, letters))


def _is_run(text: str) -> bool:
    forms = [text, text[::-1]]
    return any(form in sequence * 3 for form in forms for sequence in _SEQUENCES)


def _is_of_common_words(text: str) -> bool:
    """One common word, or the same one over and over."""
    if text in COMMON_WORDS:
        return True
    halves = (text[: len(text) // times] for times in (2, 3, 4) if text)
    return any(word in COMMON_WORDS and text == word * (len(text) // len(word)) for word in halves)


def _refuse(sentence: str) -> None:
    raise InvalidInput(sentence, {"password": sentence})
