"""The persistent trainer of `evaluator: pytorch`: a line of JSON in, lines of JSON out, one trial after the other.

First line: `{"setup": {...}}`; then a request a trial. For each, points of its learning curve, and at last
`{"accuracy": ..., "gates": {...}}` or `{"failed": "..."}`. What is not the trial's own fault ends the process with exit
code 2 and one sentence on standard error.
"""

import json
import os
import sys

import torch

from .data import load_data, validation_indices
from .errors import Diverged, MixnasError
from .recipe import Recipe
from .streams import stream
from .train import Options, Trainer, in_reach, pick_device, train
from .weights import save_weights


class Session:
    """What all trials of a process have in common."""

    def __init__(self, setup: dict):
        self.recipe = Recipe.from_json(setup["recipe"])
        device = pick_device(setup.get("device", "auto"))
        self.options = Options(device, setup.get("precision", "float32"), setup.get("compile", False))
        threads = setup.get("threads")
        if threads:
            torch.set_num_threads(threads)
        self.data = in_reach(load_data(setup["data"]), device)
        if "mean" in setup["data"]:
            self.data.mean = torch.tensor(setup["data"]["mean"])
            self.data.std = torch.tensor(setup["data"]["std"])
        held_out = setup["validation"]
        labels = self.data.train.labels
        if isinstance(held_out, int):
            self.validation = validation_indices(labels, held_out, stream(str(setup.get("splitSeed", "")), "split"))
        else:
            self.validation = torch.tensor(held_out)

    def describe(self) -> dict:
        device = self.options.device
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
        return {"ready": {"torch": torch.__version__, "device": str(device), "name": name}}

    def run(self, request: dict) -> dict:
        """One trial, or a part of one."""
        trainer = Trainer(request["graph"], self.recipe, self.data, self.validation, request["seed"], self.options)
        load = request.get("load")
        if load and os.path.exists(load):
            trainer.load(load)
        result = train(trainer, request.get("until"), self._report, request.get("save"))
        if request.get("weights"):
            metadata = dict(request.get("metadata") or {})
            if result.gates:
                metadata["gates"] = result.gates
            save_weights(result.network, request["weights"], metadata)
        means = {name: own["mean"] for name, own in (result.gates or {}).items()}
        return {"accuracy": result.accuracy, "trial": request.get("trial", 0), "gates": means}

    def _report(self, point: dict) -> None:
        write(point)


def write(line: dict) -> None:
    print(json.dumps(line, allow_nan=False), file=_answers, flush=True)


_answers = sys.stdout


def _lines():
    for line in sys.stdin:
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise MixnasError(f"a request is no JSON: {error}") from None


def serve() -> int:
    """Serves until standard input ends."""
    global _answers
    # Whatever a library prints belongs on standard error: standard output is for answers.
    _answers = os.fdopen(os.dup(1), "w", encoding="utf8")
    os.dup2(2, 1)
    requests = _lines()
    try:
        first = next(requests, None)
        if first is None:
            return 0
        session = Session(first["setup"])
        write(session.describe())
        for request in requests:
            try:
                write(session.run(request))
            except Diverged as error:
                write({"failed": str(error)})
            except torch.cuda.OutOfMemoryError as error:
                torch.cuda.empty_cache()
                write({"failed": f"out of the GPU's memory: {str(error).splitlines()[0]}"})
    except MixnasError as error:
        print(str(error), file=sys.stderr)
        return 2
    return 0
