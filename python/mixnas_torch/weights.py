"""Weights files of mixnas (safetensors): read, loaded into a network, written."""

import json
import os
import tempfile
from typing import Mapping, Optional

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save
from torch import Tensor

from .errors import MixnasError
from .network import Network


def read_arrays(path: str) -> "tuple[dict[str, np.ndarray], dict[str, str]]":
    """The arrays of a weights file as they are stored (TensorFlow's order of axes), and its metadata."""
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})
    except FileNotFoundError:
        raise MixnasError(f"{path}: no such weights file") from None
    except (SafetensorError, OSError) as error:
        raise MixnasError(f"{path}: not a weights file of mixnas: {error}") from None


def _is_depthwise(kinds: "dict[str, str]", name: str) -> bool:
    return kinds.get(name.rsplit(".", 1)[0]) == "depthwiseConv2d"


def to_torch(name: str, array: np.ndarray, kinds: "dict[str, str]") -> Tensor:
    """A stored array in PyTorch's order of axes. `kinds`: of each op by name."""
    if name.endswith(".kernel") and array.ndim == 4:
        array = array.transpose((2, 3, 0, 1) if _is_depthwise(kinds, name) else (3, 2, 0, 1))
    elif name.endswith(".kernel"):
        array = array.T
    return torch.from_numpy(np.array(array, dtype=np.float32, order="C"))


def from_torch(name: str, tensor: Tensor, kinds: "dict[str, str]") -> np.ndarray:
    """A variable in the order of axes that is stored."""
    array = tensor.detach().float().cpu().numpy()
    if name.endswith(".kernel") and array.ndim == 4:
        array = array.transpose((2, 3, 0, 1) if _is_depthwise(kinds, name) else (2, 3, 1, 0))
    elif name.endswith(".kernel"):
        array = array.T
    return np.ascontiguousarray(array)


def kinds_of(graph: dict) -> "dict[str, str]":
    return {op["name"]: op["kind"] for op in graph["ops"]}


@torch.no_grad()
def load_arrays(network: Network, arrays: Mapping[str, np.ndarray], what: str = "The weights") -> None:
    """Sets every variable of a network. Raises MixnasError that names the first that is missing or of another shape."""
    kinds = kinds_of(network.graph)
    for name, variable in network.variables().items():
        if name not in arrays:
            raise MixnasError(f"{what}: {name} is missing")
        value = to_torch(name, arrays[name], kinds)
        if value.shape != variable.shape:
            raise MixnasError(f"{what}: {name} has the shape {list(value.shape)}, the network wants {list(variable.shape)}")
        variable.copy_(value)


def load_weights(network: Network, path: str) -> "dict[str, str]":
    """Sets every variable of a network from a weights file; returns the file's metadata."""
    arrays, metadata = read_arrays(path)
    load_arrays(network, arrays, path)
    return metadata


def write_arrays(path: str, arrays: Mapping[str, np.ndarray], metadata: Optional[Mapping[str, str]] = None) -> None:
    """Writes a safetensors file, whole or not at all."""
    data = save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, dict(metadata or {}))
    folder = os.path.dirname(os.path.abspath(path))
    descriptor, temporary = tempfile.mkstemp(prefix=".mixnas-", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def arrays_of(network: Network, values: Optional[Mapping[str, Tensor]] = None) -> "dict[str, np.ndarray]":
    """Every variable as it is stored; `values`: others of the same names, such as averages."""
    kinds = kinds_of(network.graph)
    return {name: from_torch(name, tensor, kinds) for name, tensor in (values or network.variables()).items()}


def save_weights(network: Network, path: str, metadata: "dict[str, object]") -> None:
    """Writes a weights file that mixnas reads.

    `metadata`: `mixnas`, `architecture`, `data` and the others of docs/network-format.md; what is not text becomes JSON.
    """
    text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in metadata.items()}
    write_arrays(path, arrays_of(network), text)
