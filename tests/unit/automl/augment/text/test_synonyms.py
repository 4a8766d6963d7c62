"""Which words of a sentence have synonyms must not depend on who asks first."""

import subprocess
import sys

ASK = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import sys
import textblob.en
from automl.augment.text.sentence import Sentence
from automl.augment.text.synonyms import synonyms

together = Barrier(4)
sys.setswitchinterval(1e-6)

def ask(_):
    together.wait()
    return [sorted(synonyms(Sentence.of("good bad large small red green old new"))) for _ in range(40)]

with ThreadPoolExecutor(4) as pool:
    answers = [places for asked in pool.map(ask, range(4)) for places in asked]
print(len(answers), len({tuple(places) for places in answers}))
"""


def test_threads_that_ask_while_the_lexicon_loads_are_told_the_same() -> None:
    # In a process of its own, since the lexicon loads once.
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, check=True, text=True, timeout=60)
    assert told.stdout.split() == ["160", "1"]
