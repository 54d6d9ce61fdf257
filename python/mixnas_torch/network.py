"""A layer graph as an nn.Module."""

import math
from typing import Optional

import torch
from torch import Tensor, nn

from .errors import MixnasError
from .gates import GateControls, HardGate, gates_of, group_scale, softmax_gate
from .ops import Attention, BatchNorm, Convolution, Dense, LayerNorm, MaxPool, activations, shuffle


def _module_of(op: dict, graph: dict) -> Optional[nn.Module]:
    """The module of an op that has variables or state; None for the others."""
    kind = op["kind"]
    inputs = graph["ops"][op["inputs"][0]]["shape"][2] if op["inputs"] else 0
    channels = op["shape"][2]
    if kind == "conv2d":
        return Convolution(inputs, channels, op["kernel"], op["stride"], op["dilation"], op["groups"], op["bias"])
    if kind == "depthwiseConv2d":
        return Convolution(channels, channels, op["kernel"], op["stride"], op["dilation"], channels, False)
    if kind == "dense":
        return Dense(inputs, channels, zero=op["id"] == len(graph["ops"]) - 1 or ".gate." in op["name"])
    if kind == "batchNorm":
        return BatchNorm(channels, op["epsilon"], op["momentum"])
    if kind == "layerNorm":
        return LayerNorm(channels, op["epsilon"])
    if kind == "maxPool":
        return MaxPool(op["kernel"], op["stride"])
    if kind == "attention":
        return Attention(op["heads"], op["patch"])
    if kind == "hardGate":
        return HardGate(op["threshold"])
    return None


_plain = {
    "input", "activation", "slice", "concat", "add", "multiply", "mean", "shuffle", "softmax", "groupScale", "dropout",
}  # fmt: skip


class Network(nn.Module):
    """A network made of a layer graph, as `mixnas show NAME --graph` prints it.

    Variables are called `<op>.<role>`, as in a weights file: `blocks.3.depthwise.1.kernel`.

    Input: normalised images [batch, 3, resolution, resolution]; output: logits [batch, classes].
    Raises MixnasError for an op that this version does not know.
    """

    def __init__(self, graph: dict):
        super().__init__()
        self.graph = graph
        self.gates = gates_of(graph)
        self.controls = GateControls()
        #: Masks of the hard gates of the last training step, by op id: [batch, groups, 1, 1].
        self.masks: "dict[int, Tensor]" = {}
        self._modules_by_id: "dict[int, nn.Module]" = {}
        modules = {}
        for op in graph["ops"]:
            module = _module_of(op, graph)
            if module is not None:
                modules[op["name"]] = module
            elif op["kind"] not in _plain:
                raise MixnasError(f"op {op['name']} is a {op['kind']}, which this version of mixnas_torch does not know")
        self._adopt(modules)
        for op in graph["ops"]:
            if op["kind"] == "softmax" and op.get("independent"):
                # Even weights, which are the identity.
                dense = modules[graph["ops"][op["inputs"][0]]["name"]]
                nn.init.constant_(dense.bias, -math.log(op["shape"][2] - 1))
        self._last_use = {i: op["id"] for op in graph["ops"] for i in op["inputs"]}
        self._noise_begin, width = {}, 0
        for gate in self.gates:
            if gate.hard:
                self._noise_begin[gate.weights] = width
                width += gate.groups
        self.noise_width = width

    def _adopt(self, modules: "dict[str, nn.Module]") -> None:
        """Registers each module at the path that its name is; `expand.bn` is a child of `expand`."""
        for name in sorted(modules, key=lambda name: name.count(".")):
            parent: nn.Module = self
            *path, last = name.split(".")
            for part in path:
                if part not in parent._modules:
                    parent.add_module(part, nn.Module())
                parent = parent._modules[part]
            parent.add_module(last, modules[name])
        for op in self.graph["ops"]:
            if op["name"] in modules:
                self._modules_by_id[op["id"]] = modules[op["name"]]

    def forward(self, images: Tensor) -> Tensor:
        return self.inspect(images)[0]

    def inspect(self, images: Tensor, keep: "frozenset[int]" = frozenset()) -> "tuple[Tensor, dict[int, Tensor]]":
        """Logits, and the outputs of the ops in `keep` by op id."""
        outputs: "dict[int, Tensor]" = {}
        kept: "dict[int, Tensor]" = {}
        self.masks = {}
        y = images
        for op in self.graph["ops"]:
            y = self._run(op, [images] if op["kind"] == "input" else [outputs[i] for i in op["inputs"]])
            for i in op["inputs"]:
                if self._last_use[i] == op["id"]:
                    outputs.pop(i, None)
            outputs[op["id"]] = y
            if op["id"] in keep:
                kept[op["id"]] = y
        return y.flatten(1).float(), kept

    def _run(self, op: dict, inputs: "list[Tensor]") -> Tensor:
        kind, x = op["kind"], inputs[0]
        if kind == "hardGate":
            y, mask = self._modules_by_id[op["id"]](x, self.controls, self._noise(op))
            if self.training:
                self.masks[op["id"]] = mask
            return y
        if op["id"] in self._modules_by_id:
            return self._modules_by_id[op["id"]](x)
        if kind == "input":
            return x
        if kind == "activation":
            return activations[op["activation"]](x)
        if kind == "slice":
            return x[:, op["begin"] : op["begin"] + op["shape"][2]]
        if kind == "concat":
            return torch.cat(inputs, 1)
        if kind == "add":
            return inputs[0] + inputs[1]
        if kind == "multiply":
            return inputs[0] * inputs[1]
        if kind == "mean":
            return x.mean((2, 3), keepdim=True)
        if kind == "shuffle":
            return shuffle(x, op["groups"])
        if kind == "softmax":
            return softmax_gate(x, op["ranks"], self.controls, op.get("independent", False))
        if kind == "groupScale":
            return group_scale(x, inputs[1], op["sizes"], self.controls)
        return nn.functional.dropout(x, op["rate"], self.training)

    def _noise(self, op: dict) -> Optional[Tensor]:
        if not self.training:
            return None
        begin, groups = self._noise_begin[op["id"]], op["shape"][2]
        noise = self.controls.noise
        device = next(self.parameters()).device
        if noise is None:
            return torch.zeros(1, groups, device=device)
        return noise[:, begin : begin + groups]

    def variables(self) -> "dict[str, Tensor]":
        """Every variable by its name in a weights file, running statistics included, in the graph's order."""
        state = {**dict(self.named_parameters()), **dict(self.named_buffers())}
        roles = ("kernel", "bias", "gamma", "beta", "mean", "variance", "threshold")
        names = [f"{op['name']}.{role}" for op in self.graph["ops"] for role in roles]
        return {name: state[name] for name in names if name in state}
