"""Images to train on: mixnas's decoded cache, a folder of a folder a class, or a `Dataset` of the user's."""

import importlib
import json
import os
from dataclasses import dataclass
from typing import Optional, Protocol

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from .errors import MixnasError

endings = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


class Images(Protocol):
    """Images of one size with their labels."""

    labels: Tensor
    classes: "list[str]"
    resolution: int

    def pixels(self, indices: Tensor) -> Tensor:
        """Bytes [count, channels, height, width] of some images."""


@dataclass
class InMemory:
    """Images that are held as bytes [count, height, width, channels], on any device."""

    images: Tensor
    labels: Tensor
    classes: "list[str]"

    @property
    def resolution(self) -> int:
        return self.images.shape[1]

    def pixels(self, indices: Tensor) -> Tensor:
        return self.images[indices.to(self.images.device)].permute(0, 3, 1, 2)


@dataclass
class Files:
    """Image files, decoded when they are asked for, by threads."""

    paths: "list[str]"
    labels: Tensor
    classes: "list[str]"
    resolution: int

    def pixels(self, indices: Tensor) -> Tensor:
        with torch.no_grad():
            decoded = list(_pool().map(lambda i: _decode(self.paths[i], self.resolution), indices.tolist()))
        return torch.from_numpy(np.stack(decoded)).permute(0, 3, 1, 2)


class Custom:
    """A map-style `Dataset` of the user's, of (image, label); images of any form that PIL or numpy has, [H, W, 3]."""

    def __init__(self, dataset, resolution: int):
        self.dataset, self.resolution = dataset, resolution
        self.classes = list(getattr(dataset, "classes", []))
        targets = getattr(dataset, "targets", None)
        if targets is None:
            targets = [dataset[i][1] for i in range(len(dataset))]
        self.labels = torch.as_tensor([int(t) for t in targets])
        if not self.classes:
            self.classes = [str(i) for i in range(int(self.labels.max()) + 1)]

    def pixels(self, indices: Tensor) -> Tensor:
        images = [_fit(self.dataset[i][0], self.resolution) for i in indices.tolist()]
        return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)


@dataclass
class Data:
    """What a network is trained on."""

    name: str
    train: Images
    test: Optional[Images]
    mean: Tensor
    std: Tensor


_threads = None


def _pool():
    global _threads
    if _threads is None:
        from concurrent.futures import ThreadPoolExecutor

        _threads = ThreadPoolExecutor(min(8, os.cpu_count() or 1))
    return _threads


def _square(image: Image.Image, resolution: int) -> np.ndarray:
    """Turned as EXIF says, laid on white, scaled to cover the square, the middle cut out."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.asarray(ImageOps.fit(image.convert("RGB"), (resolution, resolution), Image.Resampling.LANCZOS))


def _decode(path: str, resolution: int) -> np.ndarray:
    try:
        with Image.open(path) as image:
            return _square(image, resolution)
    except (OSError, ValueError) as error:
        raise MixnasError(f"{path}: not an image that can be read: {error}") from None


def _fit(image, resolution: int) -> np.ndarray:
    if isinstance(image, Tensor):
        image = image.detach().cpu().numpy()
    if isinstance(image, np.ndarray):
        if image.ndim == 3 and image.shape[0] == 3 and image.shape[2] != 3:
            image = image.transpose(1, 2, 0)
        if image.dtype != np.uint8:
            image = np.clip(np.round(image * 255), 0, 255).astype(np.uint8)
        if image.shape[:2] == (resolution, resolution):
            return np.ascontiguousarray(image)
        image = Image.fromarray(image)
    return _square(image, resolution)


def load_decoded(folder: str) -> Data:
    """mixnas's cache of a decoded data set: bytes of images and labels, and a manifest."""
    try:
        with open(os.path.join(folder, "manifest.json"), encoding="utf8") as file:
            manifest = json.load(file)
    except (OSError, ValueError) as error:
        raise MixnasError(f"{folder}: no decoded data set of mixnas is there: {error}") from None
    classes = manifest["classes"]

    def split(name: str) -> InMemory:
        count, height, width = manifest[name], manifest["height"], manifest["width"]
        channels = manifest.get("channels", 3)
        kind = np.uint16 if len(classes) > 256 else np.uint8
        images = np.fromfile(os.path.join(folder, f"{name}-images.bin"), np.uint8)
        labels = np.fromfile(os.path.join(folder, f"{name}-labels.bin"), kind)
        if images.size != count * height * width * channels or labels.size != count:
            raise MixnasError(f"{folder}: {name} images have another size than the manifest says; remove the folder")
        images = torch.from_numpy(images.reshape(count, height, width, channels))
        return InMemory(images, torch.from_numpy(labels.astype(np.int64)), classes)

    return Data(
        manifest["name"], split("train"), split("test"), torch.tensor(manifest["mean"]), torch.tensor(manifest["std"])
    )


def _listing(folder: str) -> "tuple[list[str], Tensor, list[str]]":
    classes = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    paths, labels = [], []
    for label, name in enumerate(classes):
        for path in sorted(os.listdir(os.path.join(folder, name))):
            if os.path.splitext(path)[1].lower() in endings:
                paths.append(os.path.join(folder, name, path))
                labels.append(label)
    if len(classes) < 2 or not paths:
        raise MixnasError(f"{folder}: expected a folder of images for each of at least two classes")
    return paths, torch.tensor(labels), classes


def load_folder(folder: str, resolution: int) -> Data:
    """A folder of a folder a class, or `train` and `test` (or `val`) of such."""
    names = {entry.name.lower(): entry.path for entry in os.scandir(folder) if entry.is_dir()}
    train_folder = names.get("train", folder)
    test_folder = next((names[name] for name in ("test", "val", "valid", "validation") if name in names), None)
    paths, labels, classes = _listing(train_folder)
    train = Files(paths, labels, classes, resolution)
    test = None
    if "train" in names and test_folder is not None:
        test_paths, test_labels, test_classes = _listing(test_folder)
        if test_classes != classes:
            raise MixnasError(f"{test_folder}: its classes are not those of {train_folder}")
        test = Files(test_paths, test_labels, classes, resolution)
    return Data(os.path.basename(folder), train, test, *statistics(train))


def load_custom(reference: str, resolution: int) -> Data:
    """`module:function`; the function returns a training `Dataset`, or a pair of it and a test one."""
    module, _, name = reference.partition(":")
    try:
        made = getattr(importlib.import_module(module), name)()
    except (ImportError, AttributeError, ValueError) as error:
        raise MixnasError(f"dataset {reference}: {error}; give module:function, with the module on PYTHONPATH") from None
    train, test = made if isinstance(made, tuple) else (made, None)
    own = Custom(train, resolution)
    return Data(reference, own, Custom(test, resolution) if test is not None else None, *statistics(own))


def load_data(spec: dict) -> Data:
    """`{decoded: folder}`, `{folder, resolution}` or `{dataset: "module:function", resolution}`."""
    if "decoded" in spec:
        return load_decoded(spec["decoded"])
    if "folder" in spec:
        return load_folder(spec["folder"], spec["resolution"])
    return load_custom(spec["dataset"], spec["resolution"])


def statistics(images: Images, most: int = 5000) -> "tuple[Tensor, Tensor]":
    """Mean and standard deviation of each channel of pixel / 255, of at most `most` images, evenly chosen."""
    count = len(images.labels)
    chosen = torch.arange(0, count, max(1, count // most))[:most]
    total, squares, pixels = torch.zeros(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64), 0
    for part in chosen.split(256):
        x = images.pixels(part).double()
        total += x.sum((0, 2, 3)).cpu()
        squares += (x * x).sum((0, 2, 3)).cpu()
        pixels += x.shape[0] * x.shape[2] * x.shape[3]
    mean = total / pixels
    deviation = (squares / pixels - mean * mean).clamp(min=0).sqrt()
    return (mean / 255).float(), (deviation / 255).float()


def validation_indices(labels: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """`count` images to hold out, every class in proportion."""
    if not 0 < count < len(labels):
        raise MixnasError(f"{count} validation images cannot be carved out of {len(labels)}")
    order = torch.randperm(len(labels), generator=generator)
    by_class = order[torch.argsort(labels[order], stable=True)]
    places = ((torch.arange(count, dtype=torch.float64) + 0.5) * len(labels) / count).long()
    return by_class[places].sort().values
