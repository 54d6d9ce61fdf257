"""One worker of a search by Optuna with the PyTorch trainer of mixnas, for `npm run bench:whole`.

    python bench/peers/whole.py < job.json

The job, one line of JSON: `sampler` (`tpe` or `gp`), `seed`, `worker`, `journal` (Optuna's storage, which workers share and
which a killed run continues), `answers` (JSON lines of finished trials, ours), `seconds` (of all trials together, those of an
earlier part included), `space` (the command that serves the space and its prices), `setup` (of mixnas_torch).

Limits on latency are known before training: a network over a limit is told as one, with the accuracy of chance, and costs no
training. Both samplers get the limits as constraints.
"""

import json
import os
import subprocess
import sys
import time
import warnings

warnings.filterwarnings("ignore")
job = json.loads(sys.stdin.readline())
os.environ["OMP_NUM_THREADS"] = "1"

import optuna  # noqa: E402
import torch  # noqa: E402
from mixnas_torch.serve import Session  # noqa: E402
from optuna.storages import JournalStorage  # noqa: E402
from optuna.storages.journal import JournalFileBackend  # noqa: E402

torch.set_num_threads(1)
optuna.logging.set_verbosity(optuna.logging.ERROR)


class Space:
    """The space and its prices, from `bench/whole/serve.ts`."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.process.stdout.readline())

    def price(self, genes):
        self.process.stdin.write(json.dumps({"genes": genes}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def sampler():
    options = {"seed": job["seed"] * 1000 + job["worker"], "constraints_func": lambda t: t.user_attrs["violations"]}
    if job["sampler"] == "tpe":
        return optuna.samplers.TPESampler(multivariate=True, constant_liar=True, **options)
    return optuna.samplers.GPSampler(**options)


def spent():
    """Seconds of all finished trials of this worker."""
    if not os.path.exists(job["answers"]):
        return 0.0
    with open(job["answers"], encoding="utf8") as file:
        lines = [json.loads(line) for line in file if line.endswith("}\n")]
    return sum(line["seconds"] for line in lines if line["worker"] == job["worker"])


space = Space(job["space"])
session = Session(job["setup"])
session._report = lambda point: None
study = optuna.create_study(
    study_name="whole",
    directions=["maximize"] + ["minimize"] * len(space.about["limits"]),
    sampler=sampler(),
    storage=JournalStorage(JournalFileBackend(job["journal"])),
    load_if_exists=True,
)
chance = 1 / space.about["classes"]
used = spent()
while used < job["seconds"]:
    started = time.monotonic()
    trial = study.ask()
    genes = []
    for i, (n, ordered) in enumerate(zip(space.about["choices"], space.about["ordered"])):
        if n == 1:
            genes.append(0)
        elif ordered:
            genes.append(trial.suggest_int(f"x{i}", 0, n - 1))
        else:
            genes.append(trial.suggest_categorical(f"x{i}", list(range(n))))
    asked = time.monotonic()
    priced = space.price(genes)
    trial.set_user_attr("violations", priced["violations"])
    accuracy, fits = chance, all(v <= 0 for v in priced["violations"])
    if fits:
        answer = session.run({"graph": priced["graph"], "seed": f"{job['seed']}", "trial": trial.number})
        accuracy = answer["accuracy"]
    ended = time.monotonic()
    study.tell(trial, [accuracy, *priced["latencies"]])
    # Proposing and telling together.
    seconds = time.monotonic() - started
    used += seconds
    line = {
        "worker": job["worker"],
        "genes": priced["genes"],
        "fits": fits,
        "accuracy": accuracy,
        "latencies": priced["latencies"],
        "seconds": seconds,
        "thinking": asked - started + time.monotonic() - ended,
    }
    # One write a line: workers share the file.
    with open(job["answers"], "a", encoding="utf8") as file:
        file.write(json.dumps(line) + "\n")
space.process.stdin.close()
