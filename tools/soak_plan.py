"""What `make soak` runs: the reliability suites in full, cut into jobs that can be resumed."""

from dataclasses import dataclass
from itertools import zip_longest

SEEDS_APART = 1_000_000  # Between suites, so that no two of them live the same histories.


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite: which tests, how many runs in all, how many a job takes.

    `count` and `seed` are the environment variables that say how many and which; without `count`
    the suite is one job. `fixed` is set in every job.
    """

    name: str
    tests: str
    count: str = ""
    wanted: int = 1
    chunk: int = 1
    seed: str = ""
    only: str = ""
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One pytest run."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]


EACH_CALL = (("GOLDEN_EACH", "1"),)
SUITES = (
    Suite("histories", "tests/crash/test_histories.py", "HISTORIES", 8_500, 270, "HISTORY_SEED",
          only="random"),
    Suite("lives", "tests/crash/test_long_histories.py", "LONG_HISTORIES", 900, 60,
          "HISTORY_SEED", only="random"),
    Suite("meddled", "tests/crash/test_long_histories.py", "LONG_HISTORIES", 600, 60,
          "HISTORY_SEED", only="random", fixed=(("ELSEWHERE", "1"),)),
    # Every call of the whole flow, a way to pay a job.
    Suite("golden_ach", "tests/crash/test_golden.py", only="whole and ach", fixed=EACH_CALL),
    Suite("golden_card", "tests/crash/test_golden.py", only="whole and visa and not 3ds",
          fixed=EACH_CALL),
    Suite("golden_3ds", "tests/crash/test_golden.py", only="whole and 3ds", fixed=EACH_CALL),
    Suite("ended", "tests/crash/test_golden.py", only="terminating"),
    Suite("mutants", "tests/mutants/test_mutants.py"),
    Suite("faults", "tests/faults", "FAULT_MIXES", 500, 25, "FAULT_SEED"),
    Suite("payers", "tests/services/test_payment_races.py", "RACE_ROUNDS", 100, 10),
    # All 720 orders of six events: the seed is where counting begins, and it goes round.
    Suite("orders", "tests/orders/test_webhook_orders.py", "WEBHOOK_ORDERS", 720, 60,
          "WEBHOOK_FIRST", only="any_order"),
    Suite("thrice", "tests/orders/test_webhook_orders.py", "WEBHOOK_SHUFFLES", 100, 20,
          "WEBHOOK_SEED", only="random_order"),
    # All 296 orders that the scenes of at most six later events have together.
    Suite("later_orders", "tests/orders/test_later_webhook_orders.py", "LATER_ORDERS", 296, 37,
          "LATER_FIRST", only="every_order"),
    Suite("later_thrice", "tests/orders/test_later_webhook_orders.py", "LATER_SHUFFLES", 60, 20,
          "WEBHOOK_SEED", only="random_order"),
    Suite("queues", "tests/orders/test_queue_deliveries.py tests/orders/test_workflow_retries.py "
          "tests/orders/test_later_queue_deliveries.py",
          "QUEUE_ROUNDS", 40, 10, "QUEUE_SEED"),
    Suite("payouts", "tests/mutants/test_payout_histories.py", "PAYOUT_HISTORIES", 300, 50,
          "PAYOUT_SEED"),
    Suite("befallen", "tests/services/test_payouts_random.py", "BEFALLEN_PAYOUTS", 100, 20,
          "PAYOUT_SEED"),
    Suite("silence", "tests/services/test_processor_silence.py", fixed=(("SILENCES_EACH", "1"),)),
    Suite("rebuilt", "tests/crash/test_rebuilding.py", "REBUILT_HISTORIES", 500, 100,
          "HISTORY_SEED"),
    Suite("imports", "tests/services/test_import_large.py", "IMPORT_ROWS", 100_000, 100_000),
    Suite("keys", "tests/gateways/test_processor_keys.py tests/services/test_submit_once.py"),
    Suite("owed", "tests/properties/test_what_is_owed.py", "OWED_HISTORIES", 20_000, 2_000,
          "OWED_SEED"),
    Suite("posters", "tests/services/test_posting_races.py", "RACE_ROUNDS", 40, 10),
)  # fmt: skip


def planned(seed: int, *, share: float = 1.0) -> list[Job]:
    """Every job, the suites taking turns, so that a short soak has seen each of them.

    `share` scales how many runs are wanted; every suite has at least one job.
    """
    by_suite = [_jobs(suite, seed + place * SEEDS_APART, share)
                for place, suite in enumerate(SUITES)]  # fmt: skip
    turns = zip_longest(*by_suite)
    return [job for turn in turns for job in turn if job is not None]


def _jobs(suite: Suite, seed: int, share: float) -> list[Job]:
    wanted = max(1, round(suite.wanted * share))
    chunks = [min(suite.chunk, wanted - first) for first in range(0, wanted, suite.chunk)]
    return [_job(suite, number, count, seed) for number, count in enumerate(chunks)]


def _job(suite: Suite, number: int, count: int, seed: int) -> Job:
    environment = dict(suite.fixed)
    if suite.count:
        environment[suite.count] = str(count)
    if suite.seed:
        environment[suite.seed] = str(seed + number * suite.chunk)
    selected = ("-k", suite.only) if suite.only else ()
    return Job(f"{suite.name}-{number:03d}", (*suite.tests.split(), *selected), environment)
