"""Who the demo's customers are: how much they buy, how late they pay, what they build."""

from dataclasses import dataclass
from random import Random

from sandbox.demo import words

ACCOUNTS = 300
ACCOUNTS_WITH_JOBS = 14
FIRST_NUMBER = 104_000
TERMS_EVERY = 9  # Every ninth customer has invoice terms.
INACTIVE_SHARE = 0.05
AT_AN_ADDRESS = 0.6  # The other jobs are parts of a project.


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer pays: days after the due date, mean and spread."""

    late_days: int
    spread_days: int


HABITS = (Habit(-4, 4), Habit(3, 6), Habit(14, 9), Habit(34, 14), Habit(66, 25), Habit(125, 45))
HABIT_WEIGHTS = (36, 29, 18, 9, 5, 3)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer account of the demo."""

    account_id: str
    name: str
    kind: str
    billing: str
    status: str
    limit_dollars: int
    contact: str
    email: str
    phone: str
    habit: Habit
    invoices_a_month: float
    typical_dollars: int
    jobs: tuple[tuple[str, str], ...]


def customers(random: Random) -> list[Customer]:
    """All accounts of the demo dealer; the first ones are the largest and have the jobs."""
    names = _names(random)
    jobs = _jobs(random)
    return [_customer(random, rank, name, jobs.get(rank, ())) for rank, name in enumerate(names)]


def _customer(random: Random, rank: int, name: str, jobs: tuple[tuple[str, str], ...]) -> Customer:
    number = str(FIRST_NUMBER + 7 * ((rank * 89) % ACCOUNTS))
    person = f"{random.choice(words.GIVEN_NAMES)} {random.choice(words.FAMILY_NAMES)}"
    has_jobs = rank < ACCOUNTS_WITH_JOBS
    kind = "credit" if has_jobs else random.choices(("credit", "cash", "employee"), (92, 6, 2))[0]
    if rank == ACCOUNTS - 1:
        name, kind = "Counter sales, house account", "system"
    habit = random.choices(HABITS, HABIT_WEIGHTS)[0]
    rate = 90.0 - 5 * rank if has_jobs else 2.5 + 14.0 * random.random() ** 2
    typical_dollars = random.choice((140, 320, 650, 1_400)) * (2 if has_jobs else 1)
    return Customer(
        account_id=number,
        name=name,
        kind=kind,
        billing="open_item_terms" if rank % TERMS_EVERY == 0 else "open_item",
        status="inactive" if not has_jobs and random.random() < INACTIVE_SHARE else "active",
        limit_dollars=_limit(random, rate * typical_dollars),
        contact=person,
        email=f"ap.{number}@example.com",
        phone=f"503-555-01{random.randrange(100):02d}",
        habit=HABITS[2] if rank == 0 else habit,
        invoices_a_month=rate,
        typical_dollars=typical_dollars,
        jobs=jobs,
    )


def _limit(random: Random, monthly_dollars: float) -> int:
    """Most limits leave room for four months' buying, some are nearly used up."""
    months = random.choices((2.2, 4, 6), (1, 5, 3))[0]
    return max(5_000, round(monthly_dollars * 1.5 * months / 5_000) * 5_000)


def _names(random: Random) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < ACCOUNTS:
        parts = (
            random.choice(words.FIRST_WORDS),
            random.choice(words.TRADES),
            random.choice(words.ENDINGS),
        )
        names[" ".join(part for part in parts if part)] = None
    return list(names)


def _jobs(random: Random) -> dict[int, tuple[tuple[str, str], ...]]:
    """60 jobs over 14 accounts: eight at the largest, fewer further down."""
    sizes = [8, 7, 6, 6, 5, 5, 4, 4, 3, 3, 3, 2, 2, 2]
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    number = 2400
    for rank, size in enumerate(sizes):
        jobs = []
        for _ in range(size):
            number += random.randrange(3, 17)
            jobs.append((f"J{number}", _job_name(random)))
        found[rank] = tuple(jobs)
    return found


def _job_name(random: Random) -> str:
    if random.random() < AT_AN_ADDRESS:
        street = f"{random.choice(words.STREETS)} {random.choice(words.STREET_KINDS)}"
        return f"{random.randrange(12, 9800)} {street} – {random.choice(words.WORKS)}"
    project = random.choice(words.PROJECTS).format(n=random.randrange(1, 40))
    return f"{random.choice(words.PLACES)} {project}"
