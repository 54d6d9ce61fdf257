"""The optimizers of recipes. Their variables are called as in a checkpoint of mixnas: `<variable>/<slot>`."""

import torch
from torch import Tensor

from .network import Network
from .recipe import Recipe

slot_names = {"sgd": ["momentum"], "rmsprop": ["meanSquare", "momentum"], "adamw": ["mean", "meanSquare"]}


class Optimizer:
    """SGD with (Nesterov) momentum, RMSProp as TensorFlow has it, or AdamW; many tensors at a time.

    Weight decay is of convolution and dense kernels only, and not of gates, whose learning rate is a multiple.
    """

    def __init__(self, network: Network, recipe: Recipe):
        self.recipe = recipe
        self.network = network
        parameters = dict(network.named_parameters())
        self.names = [name for name in network.variables() if name in parameters]
        self.parameters = [parameters[name] for name in self.names]
        self.gate = [".gate." in name for name in self.names]
        self.decayed = [
            name.endswith(".kernel") and not gate and recipe.weight_decay > 0
            for name, gate in zip(self.names, self.gate)
        ]
        self.slots = {
            slot: [torch.zeros_like(p) for p in self.parameters] for slot in slot_names[recipe.optimizer]
        }
        self.average = (
            [v.detach().clone() for v in network.variables().values()] if recipe.averaging > 0 else None
        )

    @torch.no_grad()
    def step(self, rate: float, step: int) -> None:
        """One update from the gradients; `step`: steps done before it."""
        recipe = self.recipe
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
        rates = [rate * recipe.gates.learning_rate if gate else rate for gate in self.gate]
        decayed = [i for i, own in enumerate(self.decayed) if own]
        kernels = [self.parameters[i] for i in decayed]
        if recipe.optimizer == "adamw":
            if kernels:
                torch._foreach_mul_(kernels, 1 - rate * recipe.weight_decay)
        elif kernels:
            with_decay = torch._foreach_add([gradients[i] for i in decayed], kernels, alpha=recipe.weight_decay)
            for i, own in zip(decayed, with_decay):
                gradients[i] = own
        directions = getattr(self, f"_{recipe.optimizer}")(gradients, rates, step)
        torch._foreach_sub_(self.parameters, directions)

    def _sgd(self, gradients: "list[Tensor]", rates: "list[float]", step: int) -> "list[Tensor]":
        momentum, velocity = self.recipe.momentum, self.slots["momentum"]
        torch._foreach_mul_(velocity, momentum)
        torch._foreach_add_(velocity, gradients)
        along = torch._foreach_add(gradients, velocity, alpha=momentum) if self.recipe.nesterov else velocity
        return torch._foreach_mul(along, rates)

    def _rmsprop(self, gradients: "list[Tensor]", rates: "list[float]", step: int) -> "list[Tensor]":
        decay, epsilon = 0.9, 1e-3
        square, velocity = self.slots["meanSquare"], self.slots["momentum"]
        torch._foreach_mul_(square, decay)
        torch._foreach_addcmul_(square, gradients, gradients, value=1 - decay)
        root = torch._foreach_add(square, epsilon)
        torch._foreach_sqrt_(root)
        change = torch._foreach_div(torch._foreach_mul(gradients, rates), root)
        torch._foreach_mul_(velocity, self.recipe.momentum)
        torch._foreach_add_(velocity, change)
        return velocity

    def _adamw(self, gradients: "list[Tensor]", rates: "list[float]", step: int) -> "list[Tensor]":
        beta1, beta2, epsilon = 0.9, 0.999, 1e-8
        mean, square = self.slots["mean"], self.slots["meanSquare"]
        torch._foreach_lerp_(mean, gradients, 1 - beta1)
        torch._foreach_mul_(square, beta2)
        torch._foreach_addcmul_(square, gradients, gradients, value=1 - beta2)
        corrected = (1 - beta2 ** (step + 1)) ** 0.5 / (1 - beta1 ** (step + 1))
        root = torch._foreach_sqrt(square)
        torch._foreach_add_(root, epsilon)
        return torch._foreach_div(torch._foreach_mul(mean, [r * corrected for r in rates]), root)

    @torch.no_grad()
    def update_average(self, share: float) -> None:
        """Averages of every variable, running statistics included."""
        if self.average is not None:
            torch._foreach_lerp_(self.average, list(self.network.variables().values()), share)

    def averages(self) -> "dict[str, Tensor] | None":
        return None if self.average is None else dict(zip(self.network.variables(), self.average))

    def state(self) -> "dict[str, Tensor]":
        """The optimizer's variables by name, averages among them."""
        state = {
            f"{name}/{slot}": value
            for slot, values in self.slots.items()
            for name, value in zip(self.names, values)
        }
        for name, value in (self.averages() or {}).items():
            state[f"{name}/average"] = value
        return state

    @torch.no_grad()
    def load(self, state: "dict[str, Tensor]") -> None:
        for name, value in self.state().items():
            value.copy_(state[name])
