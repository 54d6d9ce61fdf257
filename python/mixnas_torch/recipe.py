"""Recipes: how a network is trained. The fields, defaults and meanings are those of mixnas (docs/training.md)."""

import math
from dataclasses import dataclass, field, fields
from typing import Optional

from .errors import MixnasError

default_learning_rates = {"sgd": 0.5, "rmsprop": 0.01, "adamw": 0.004}


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def _read(cls, data: dict, where: str):
    """An instance of `cls` from JSON in camelCase. Raises MixnasError for a field that is not known."""
    known = {f.name for f in fields(cls)}
    values = {_snake(key): value for key, value in data.items()}
    wrong = sorted(set(values) - known)
    if wrong:
        raise MixnasError(f"{where}: unknown field {wrong[0]}; known are {', '.join(sorted(known))}")
    return cls(**values)


@dataclass
class RandAugment:
    ops: int = 2
    magnitude: float = 5


@dataclass
class Augmentation:
    flip: bool = True
    pad_crop: int = 0
    cutout: int = 0
    rand_augment: Optional[RandAugment] = None
    mixup: float = 0


@dataclass
class Bounds:
    weight: float = 10
    low: float = 0.1
    high: float = 0.7


@dataclass
class Gates:
    learning_rate: float = 0.3
    temperature: float = 3
    opening: float = 4
    warmup: float = 0.2
    annealing: float = 0.6
    noise: float = 0.3
    penalty: float = 10
    target: float = 0.5
    bounds: Optional[Bounds] = None
    closing: str = "threshold"
    switch_off: float = 0


@dataclass
class Recipe:
    steps: int = 300
    batch_size: int = 64
    optimizer: str = "sgd"
    learning_rate: Optional[float] = None
    warmup: float = 0.2
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 5e-4
    averaging: float = 0
    label_smoothing: float = 0.1
    augmentation: Augmentation = field(default_factory=Augmentation)
    progressive: "list[dict]" = field(default_factory=list)
    patience: Optional[int] = None
    gates: Gates = field(default_factory=Gates)

    @staticmethod
    def from_json(data: dict) -> "Recipe":
        """A recipe as a config of mixnas has it; what is left out gets its default."""
        data = dict(data)
        augmentation = dict(data.pop("augmentation", None) or {})
        rand = augmentation.pop("randAugment", None)
        recipe = _read(Recipe, data, "recipe")
        recipe.augmentation = _read(Augmentation, augmentation, "recipe, augmentation")
        if rand is not None:
            recipe.augmentation.rand_augment = _read(RandAugment, rand, "recipe, augmentation, randAugment")
        gates = dict(data.get("gates") or {})
        if gates.pop("open", None) is not None or gates.get("closing") == "rank":
            raise MixnasError(
                "recipe, gates: the PyTorch trainer knows neither `open` nor `closing: rank`; leave them out, or train "
                "with the built-in trainer (evaluator: training)"
            )
        bounds = gates.pop("bounds", None)
        recipe.gates = _read(Gates, gates, "recipe, gates")
        if bounds is not None:
            recipe.gates.bounds = _read(Bounds, bounds, "recipe, gates, bounds")
        if recipe.optimizer not in default_learning_rates:
            raise MixnasError(f"recipe, optimizer: {recipe.optimizer} is none of {', '.join(default_learning_rates)}")
        return recipe

    @property
    def peak(self) -> float:
        """The highest learning rate."""
        return default_learning_rates[self.optimizer] if self.learning_rate is None else self.learning_rate

    def learning_rate_at(self, step: int) -> float:
        """Linear warm-up, then half a cosine down to zero."""
        # Halves up, as JavaScript rounds.
        warmup = math.floor(self.warmup * self.steps + 0.5)
        if step < warmup:
            return self.peak * (step + 1) / warmup
        progress = (step - warmup) / max(1, self.steps - warmup)
        return self.peak * (1 + math.cos(math.pi * progress)) / 2

    def stage_ends(self, resolution: int) -> "list[tuple[int, int]]":
        """(resolution, step at which the stage ends), the last at the full resolution."""
        stages, begin = [], 0
        for stage in self.progressive:
            until = math.floor(stage["until"] * self.steps + 0.5)
            if until > begin:
                stages.append((int(stage["resolution"]), until))
            begin = until
        return [*stages, (resolution, self.steps)] if begin < self.steps else stages


def statistics_share(step: int, momentum: float) -> float:
    """The share of step `step` in running statistics and averages: the momentum is grown into."""
    return 1 - min(momentum, (1 + step) / (10 + step))
