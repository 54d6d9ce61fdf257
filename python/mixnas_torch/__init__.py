"""Builds and trains the networks of mixnas in PyTorch, from their layer graphs.

    from mixnas_torch import Network, load_weights

    network = Network(json.load(open("graph.json")))     # mixnas show NAME --graph
    load_weights(network, "weights.safetensors")
    logits = network(images)                             # [batch, 3, height, width], normalised

`docs/network-format.md` of mixnas says what every op and array means.
"""

from .errors import MixnasError, Diverged
from .gates import GateControls, gate_statistics
from .network import Network
from .recipe import Recipe
from .train import Training, evaluate, train
from .weights import load_weights, read_arrays, save_weights

__version__ = "0.2.0"
__all__ = [
    "Diverged",
    "GateControls",
    "MixnasError",
    "Network",
    "Recipe",
    "Training",
    "evaluate",
    "gate_statistics",
    "load_weights",
    "read_arrays",
    "save_weights",
    "train",
]
