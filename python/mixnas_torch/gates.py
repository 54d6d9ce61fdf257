"""Gates: softmax over the groups of a mixed depthwise convolution, soft or hard, as docs/network-format.md has them."""

from dataclasses import dataclass
from typing import Optional, Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn

#: A weight this little below the threshold still passes.
slack = 1e-6


@dataclass
class GateControls:
    """How the gates of a network are steered in one training step; the defaults are those of inference."""

    temperature: Union[float, Tensor] = 1.0
    #: [batch, groups of all hard gates], added to the logits of hard decisions; None: the hard step without noise.
    noise: Optional[Tensor] = None
    #: How many groups of a gate may run, those with the smallest kernels; None: all.
    groups: Optional[int] = None
    #: penalty * max(0, share - target)^2 is added to the loss; share: of the skippable MACs, those that run.
    penalty: float = 0.0
    target: float = 0.0
    #: (weight, low, high): each gate's own share is kept between low and high; None: not.
    bounds: Optional["tuple[float, float, float]"] = None


def allowed(groups: int, controls: GateControls) -> int:
    return groups if controls.groups is None else min(groups, controls.groups)


def softmax_gate(x: Tensor, ranks: "list[int]", controls: GateControls, independent: bool = False) -> Tensor:
    x = x.float()
    if controls.groups is not None:
        closed = [-1e9 if rank >= controls.groups else 0.0 for rank in ranks]
        x = x + x.new_tensor(closed)[:, None, None]
    logits = x / controls.temperature
    return torch.sigmoid(logits) if independent else F.softmax(logits, dim=1)


class HardGate(nn.Module):
    """Weights of groups below the threshold become 0; the gradient of the step is that of its relaxation."""

    def __init__(self, threshold):
        super().__init__()
        self.limit = None if threshold == "learned" else float(threshold)
        if threshold == "learned":
            self.threshold = nn.Parameter(torch.zeros(1))

    def forward(self, a: Tensor, controls: GateControls, noise: Optional[Tensor]) -> "tuple[Tensor, Tensor]":
        limit = torch.sigmoid(self.threshold) if self.limit is None else torch.tensor(self.limit, device=a.device)
        even = a * allowed(a.shape[1], controls)
        if noise is None:
            mask = (even - (limit - slack) > 0).to(a.dtype)
            return a * mask, mask
        above = torch.log(even + slack) - torch.log(limit)
        soft = torch.sigmoid((above + noise[:, :, None, None]) / controls.temperature)
        step = (soft > 0.5).to(a.dtype)
        mask = soft + (step - soft).detach()
        return a * mask, mask


def group_scale(x: Tensor, gate: Tensor, sizes: "list[int]", controls: GateControls) -> Tensor:
    """Channels of group g times allowed groups times its weight."""
    repeats = torch.tensor(sizes, device=x.device)
    factor = (gate * allowed(len(sizes), controls)).repeat_interleave(repeats, dim=1, output_size=x.shape[1])
    return x * factor.to(x.dtype)


@dataclass
class GateInfo:
    """A gate of a graph."""

    name: str
    weights: int
    groups: int
    hard: bool
    macs: "list[int]"


def gates_of(graph: dict) -> "list[GateInfo]":
    """The gates of a layer graph, with the MACs of each of their groups."""
    found = []
    for op in graph["ops"]:
        if op["kind"] != "groupScale":
            continue
        convolutions = [o for o in graph["ops"] if o["kind"] == "depthwiseConv2d" and o.get("block") == op.get("block")]
        macs = [o["shape"][0] * o["shape"][1] * o["shape"][2] * o["kernel"] ** 2 for o in convolutions]
        found.append(
            GateInfo(op["name"][: -len(".scale")], op["inputs"][1], len(op["sizes"]), op["gate"] == "hard", macs)
        )
    return found


def gate_statistics(weights: "dict[str, Tensor]", labels: Tensor, classes: int) -> dict:
    """How often each group ran, its mean weight, and the same by class, as a weights file's `gates` has them.

    `weights`: by the gate's name, [images, groups], 0 where a group was skipped.
    """
    statistics = {}
    one_hot = F.one_hot(labels, classes).double()
    for name, own in weights.items():
        own = own.double()
        by_class = (one_hot.T @ own) / one_hot.sum(0).clamp(min=1)[:, None]
        statistics[name] = {
            "runs": (own > 0).double().mean(0).tolist(),
            "mean": own.mean(0).tolist(),
            "byClass": by_class.tolist(),
        }
    return statistics
