"""The training loop: our recipes in PyTorch, in parts that continue to the bit on one machine."""

import json
import math
import os
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Callable, Optional

import torch
import torch.nn.functional as F
from torch import Tensor

from .augment import augment, mixup, normalise, resize
from .data import Data, InMemory
from .errors import Diverged, MixnasError
from .gates import GateControls, gate_statistics
from .network import Network
from .ops import BatchNorm, update_statistics
from .optimizers import Optimizer
from .recipe import Recipe, statistics_share
from .streams import stream
from .weights import arrays_of, from_torch, kinds_of, load_arrays, read_arrays, to_torch, write_arrays

#: Points of a learning curve.
curve_points = 20


@dataclass
class Options:
    """How a training computes."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    #: float32, bfloat16 or float16 (with a scaled loss): of the ops that are safe in it.
    precision: str = "float32"
    compile: bool = False


@dataclass
class Training:
    """What came of it."""

    accuracy: float
    loss: float
    curve: "list[dict]"
    network: Network
    gates: "dict | None"
    steps: int


def pick_device(name: str) -> torch.device:
    """`auto`, or a device of PyTorch: cuda, cuda:1, mps, cpu."""
    if name == "auto":
        mps = getattr(torch.backends, "mps", None)
        name = "cuda" if torch.cuda.is_available() else "mps" if mps and mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
        return device
    except (RuntimeError, AssertionError) as error:
        raise MixnasError(f"device {name}: {str(error).splitlines()[0]}") from None


def _autocast(options: Options):
    if options.precision == "float32":
        return nullcontext()
    kind = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(options.precision)
    if kind is None:
        raise MixnasError(f"precision {options.precision} is none of float32, bfloat16, float16")
    return torch.autocast(options.device.type, kind)


@torch.no_grad()
def evaluate(network: Network, images, indices: Tensor, mean: Tensor, std: Tensor, groups: Optional[int] = None,
             options: Optional[Options] = None) -> dict:
    """Accuracy, mean cross-entropy and what the gates did, on some images."""
    options = options or Options(device=next(network.parameters()).device)
    device = options.device
    gates = network.gates
    was_training = network.training
    network.eval()
    network.controls = GateControls(groups=groups)
    weights: "dict[str, list[Tensor]]" = {gate.name: [] for gate in gates}
    keep = frozenset(gate.weights for gate in gates)
    correct, loss = 0, 0.0
    for part in indices.split(256):
        x = normalise(images.pixels(part).to(device), mean.to(device), std.to(device))
        logits, kept = network.inspect(x.contiguous(memory_format=torch.channels_last), keep)
        labels = images.labels[part].to(device)
        correct += int((logits.argmax(1) == labels).sum())
        loss += float(F.cross_entropy(logits.double(), labels, reduction="sum"))
        for gate in gates:
            weights[gate.name].append(kept[gate.weights].flatten(1).cpu())
    network.train(was_training)
    count = len(indices)
    own = {name: torch.cat(parts) for name, parts in weights.items()}
    statistics = gate_statistics(own, images.labels[indices].cpu(), network.graph["classes"]) if own else None
    return {"accuracy": correct / count, "loss": loss / count, "gates": statistics}


def controls_at(step: int, recipe: Recipe, network: Network, count: int, seed: str) -> GateControls:
    """How the gates are steered at a step: warm-up, a falling threshold offset, noise, temperature and target."""
    gates = recipe.gates
    most = max((gate.groups for gate in network.gates), default=0)
    if most == 0:
        return GateControls()
    generator = stream(seed, f"gates {step}")
    warmup = min(gates.warmup, gates.annealing) * recipe.steps
    end = max(1.0, gates.annealing * recipe.steps)
    left = max(0.0, 1 - step / end)
    opened = 1.0 if step < warmup else max(0.0, (end - step) / max(1.0, end - warmup))
    noise = None
    if step < warmup:
        noise = torch.full((count, network.noise_width), 1e3)
    elif opened > 0:
        u = (torch.rand(count, network.noise_width, generator=generator) + 1e-12) / (1 + 2e-12)
        noise = gates.opening * opened + gates.noise * opened * torch.log(u / (1 - u))
    switches = float(torch.rand(1, generator=generator)) < gates.switch_off and most > 1
    groups = 1 + int(torch.randint(most - 1, (1,), generator=generator)) if switches else None
    return GateControls(
        temperature=gates.temperature**left,
        noise=noise,
        groups=groups,
        penalty=0.0 if step < warmup else gates.penalty,
        target=1 - (1 - gates.target) * (1 - opened),
        bounds=None
        if gates.bounds is None or step < warmup
        else (gates.bounds.weight, gates.bounds.low, 1 - (1 - gates.bounds.high) * (1 - opened)),
    )


def _penalty(network: Network) -> "Tensor | float":
    controls = network.controls
    if not network.masks:
        return 0.0
    hard = [gate for gate in network.gates if gate.hard]
    bounds: "Tensor | float" = 0.0
    if controls.bounds is not None:
        weight, low, high = controls.bounds
        for gate in hard:
            mask = network.masks[gate.weights].flatten(1).mean(0)
            own = (mask * mask.new_tensor(gate.macs)).sum() / sum(gate.macs)
            bounds = bounds + weight / len(hard) * (F.relu(own - high) ** 2 + F.relu(low - own) ** 2)
    if controls.penalty == 0:
        return bounds
    total = sum(sum(gate.macs) for gate in hard)
    share = sum(
        (network.masks[gate.weights].flatten(1).mean(0) * network.masks[gate.weights].new_tensor(gate.macs)).sum() / total
        for gate in hard
    )
    return bounds + controls.penalty * F.relu(share - controls.target) ** 2


class Trainer:
    """A training between steps: the network, its optimizer, and what was reported so far."""

    def __init__(self, graph: dict, recipe: Recipe, data: Data, validation: Tensor, seed: str, options: Options):
        self.graph, self.recipe, self.data, self.seed, self.options = graph, recipe, data, seed, options
        self._check()
        self.validation = validation
        held_out = torch.zeros(len(data.train.labels), dtype=torch.bool)
        held_out[validation] = True
        self.training = (~held_out).nonzero().flatten()
        if recipe.batch_size > len(self.training):
            raise MixnasError(f"A batch of {recipe.batch_size} cannot be drawn from {len(self.training)} training images")
        self.per_epoch = len(self.training) // recipe.batch_size
        self._order: "tuple[int, Optional[Tensor]]" = (-1, None)
        torch.manual_seed(stream(seed, "initial weights").initial_seed())
        self.network = Network(graph).to(options.device, memory_format=torch.channels_last)
        self.optimizer = Optimizer(self.network, recipe)
        self.norms = [m for m in self.network.modules() if isinstance(m, BatchNorm)]
        self.scaler = torch.amp.GradScaler(options.device.type, enabled=options.precision == "float16")
        self.mean, self.std = data.mean.to(options.device), data.std.to(options.device)
        self.done = 0
        self.curve: "list[dict]" = []
        self.loss_sum, self.reported = 0.0, 0
        self.best: "Optional[dict]" = None
        self.best_weights: "Optional[dict[str, Tensor]]" = None
        self._forward = torch.compile(self.network) if options.compile else self.network
        self._stages = recipe.stage_ends(graph["resolution"])

    def _check(self) -> None:
        images = self.data.train
        if images.resolution != self.graph["resolution"]:
            raise MixnasError(f"The network takes {self.graph['resolution']} pixels, the images of {self.data.name} have {images.resolution}")
        if len(images.classes) != self.graph["classes"]:
            raise MixnasError(f"The network has {self.graph['classes']} classes, {self.data.name} has {len(images.classes)}")

    def _batch(self, step: int) -> "tuple[Tensor, Tensor]":
        epoch, at = divmod(step, self.per_epoch)
        if self._order[0] != epoch:
            drawn = torch.randperm(len(self.training), generator=stream(self.seed, f"epoch {epoch}"))
            self._order = (epoch, self.training[drawn])
        size = self.recipe.batch_size
        indices = self._order[1][at * size : (at + 1) * size]
        images = self.data.train
        generator = stream(self.seed, f"batch {step}")
        x = augment(images.pixels(indices).to(self.options.device), self.recipe.augmentation, self.mean, self.std, generator)
        classes = self.graph["classes"]
        smoothing = self.recipe.label_smoothing
        targets = F.one_hot(images.labels[indices], classes).float().to(x.device) * (1 - smoothing) + smoothing / classes
        if self.recipe.augmentation.mixup > 0:
            x, targets = mixup(x, targets, self.recipe.augmentation.mixup, stream(self.seed, f"mixup {step}"))
        resolution = next(r for r, until in self._stages if step < until)
        return resize(x, resolution).contiguous(memory_format=torch.channels_last), targets

    def step(self) -> float:
        """One step of training; the batch's loss before it."""
        step, recipe = self.done, self.recipe
        x, targets = self._batch(step)
        network = self.network
        network.train()
        controls = controls_at(step, recipe, network, len(x), self.seed)
        if controls.noise is not None:
            controls.noise = controls.noise.to(x.device)
        # A tensor: as a number it would have a compiled network compiled again at each step.
        controls.temperature = torch.tensor(controls.temperature, device=x.device)
        network.controls = controls
        torch.manual_seed(stream(self.seed, f"dropout {step}").initial_seed())
        with _autocast(self.options):
            logits = self._forward(x)
        cross_entropy = -(targets * F.log_softmax(logits, 1)).sum(1).mean()
        loss = cross_entropy + _penalty(network)
        network.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self._update(step)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise Diverged(f"Training diverged: the loss is {value} at step {step + 1}, learning rate {recipe.learning_rate_at(step):.3g}.")
        self.done = step + 1
        self.loss_sum += value
        return value

    def _update(self, step: int) -> None:
        if self.scaler.is_enabled():
            scale = self.scaler.get_scale()
            gradients = [p.grad for p in self.optimizer.parameters if p.grad is not None]
            torch._foreach_div_(gradients, scale)
            finite = all(bool(torch.isfinite(g).all()) for g in gradients)
            self.scaler.update(scale * 2 if finite and step % 2000 == 1999 else scale if finite else scale / 2)
            if not finite:
                return
        if self.norms:
            update_statistics(self.norms, statistics_share(step, self.norms[0].momentum))
        self.optimizer.step(self.recipe.learning_rate_at(step), step)
        self.optimizer.update_average(statistics_share(step, self.recipe.averaging))

    def judged(self) -> Network:
        """The network to judge: with averaged weights where the recipe keeps some."""
        averages = self.optimizer.averages()
        return self.network if averages is None else self.with_variables(averages)

    @torch.no_grad()
    def with_variables(self, values: "dict[str, Tensor]") -> Network:
        network = Network(self.graph).to(self.options.device, memory_format=torch.channels_last)
        for name, variable in network.variables().items():
            variable.copy_(values[name])
        return network

    def measure(self, network: Network) -> dict:
        return evaluate(network, self.data.train, self.validation, self.mean, self.std, options=self.options)

    def save(self, path: str, metadata: "Optional[dict[str, str]]" = None) -> None:
        """A checkpoint in mixnas's form: weights, `optimizer/` and `best/` variables, and the record."""
        kinds = kinds_of(self.graph)

        def stored(name: str, tensor: Tensor):
            variable, _, slot = name.partition("/")
            return from_torch(variable, tensor, kinds)

        arrays = arrays_of(self.network)
        arrays.update({f"optimizer/{n}": stored(n, t) for n, t in self.optimizer.state().items()})
        if self.best_weights is not None:
            arrays.update({f"best/{n}": stored(n, t) for n, t in self.best_weights.items()})
        record = {"curve": self.curve, "lossSum": self.loss_sum, "reported": self.reported}
        if self.best is not None:
            record["best"] = self.best
        more = {"scale": str(self.scaler.get_scale())} if self.scaler.is_enabled() else {}
        write_arrays(path, arrays, {**(metadata or {}), "step": str(self.done), "record": json.dumps(record), **more})

    def load(self, path: str) -> None:
        """Continues where a checkpoint stopped."""
        arrays, metadata = read_arrays(path)
        kinds = kinds_of(self.graph)
        load_arrays(self.network, arrays, path)
        own = {}
        for name, array in arrays.items():
            for prefix in ("optimizer/", "best/"):
                if name.startswith(prefix):
                    rest = name[len(prefix) :]
                    own[name] = to_torch(rest.partition("/")[0], array, kinds)
        try:
            self.optimizer.load({n[len("optimizer/") :]: t for n, t in own.items() if n.startswith("optimizer/")})
            record = json.loads(metadata["record"])
            self.done = int(metadata["step"])
        except KeyError as error:
            raise MixnasError(f"{path}: it is no checkpoint of this training, {error} is missing") from None
        self.curve, self.loss_sum, self.reported = record["curve"], record["lossSum"], record["reported"]
        self.best = record.get("best")
        if self.best is not None:
            values = {n[len("best/") :]: t for n, t in own.items() if n.startswith("best/")}
            self.best_weights = {n: t.to(self.options.device) for n, t in values.items()}
        if self.scaler.is_enabled() and "scale" in metadata:
            self.scaler.update(float(metadata["scale"]))


def train(trainer: Trainer, until: Optional[int] = None, on_point: "Callable[[dict], None]" = lambda point: None,
          save: Optional[str] = None) -> Training:
    """Trains until a step (default: all of the recipe's), then measures; `save`: where the checkpoint is written."""
    recipe = trainer.recipe
    until = min(until or recipe.steps, recipe.steps)
    report_every = math.ceil(recipe.steps / curve_points)
    validate_every = trainer.per_epoch if recipe.patience is not None else None
    while trainer.done < until and (trainer.best or {}).get("strikes", 0) < (recipe.patience or math.inf):
        trainer.step()
        done = trainer.done
        measured = None
        if validate_every is not None and done % validate_every == 0 and done < until:
            network = trainer.judged()
            measured = trainer.measure(network)
            _keep_better(trainer, network, measured)
        if measured is not None or done % report_every == 0 or done == until:
            point = {"step": done, "loss": trainer.loss_sum / (done - trainer.reported)}
            if measured is not None:
                point["accuracy"] = measured["accuracy"]
            trainer.curve.append(point)
            trainer.loss_sum, trainer.reported = 0.0, done
            on_point(point)
    if save is not None:
        trainer.save(save)
    return _finish(trainer)


def _keep_better(trainer: Trainer, network: Network, measured: dict) -> None:
    best = trainer.best
    if best is not None and measured["accuracy"] <= best["accuracy"]:
        best["strikes"] += 1
        return
    trainer.best = {"step": trainer.done, "accuracy": measured["accuracy"], "strikes": 0}
    trainer.best_weights = {n: v.detach().clone() for n, v in network.variables().items()}


def _finish(trainer: Trainer) -> Training:
    network = trainer.judged()
    measured = trainer.measure(network)
    if trainer.best is not None and trainer.best["accuracy"] > measured["accuracy"]:
        network = trainer.with_variables(trainer.best_weights)
        measured = trainer.measure(network)
    if not math.isfinite(measured["loss"]):
        raise Diverged(f"Training diverged: the validation loss is {measured['loss']} after step {trainer.done}.")
    curve = [dict(point) for point in trainer.curve]
    if curve:
        curve[-1].setdefault("accuracy", measured["accuracy"])
    return Training(measured["accuracy"], measured["loss"], curve, network, measured["gates"], trainer.done)


def in_reach(data: Data, device: torch.device) -> Data:
    """Images in memory are moved to the device where they take less than a quarter of it."""
    if device.type != "cuda" or not isinstance(data.train, InMemory):
        return data
    if data.train.images.numel() * 4 > torch.cuda.get_device_properties(device).total_memory:
        return data
    data.train.images = data.train.images.to(device)
    return data
