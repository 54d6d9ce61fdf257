"""Augmentation of whole batches, on the device. Images are bytes 0 to 255 in float, [batch, 3, height, width]."""

import math

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from .recipe import Augmentation, RandAugment


def _uniform(count: int, generator: Generator, device) -> Tensor:
    return torch.rand(count, generator=generator).to(device)


def _warp(x: Tensor, matrices: Tensor) -> Tensor:
    """Nearest pixel of where [a b e; c d f], in pixels about the middle, says; middle grey from outside."""
    _, _, height, width = x.shape
    v, u = torch.meshgrid(
        torch.arange(height, device=x.device) - (height - 1) / 2,
        torch.arange(width, device=x.device) - (width - 1) / 2,
        indexing="ij",
    )
    points = torch.stack([u, v, torch.ones_like(u)], -1).reshape(-1, 3)
    source = points @ matrices.transpose(1, 2)
    grid = source.reshape(len(x), height, width, 2) / torch.tensor([width / 2, height / 2], device=x.device)
    return F.grid_sample(x - 128, grid, mode="nearest", align_corners=False) + 128


def _matrices(count: int, device) -> Tensor:
    return torch.eye(2, 3, device=device).repeat(count, 1, 1)


def _toward(x: Tensor, base: Tensor, factor: Tensor) -> Tensor:
    """Away from (factor > 1) or towards (factor < 1) `base`."""
    return base + factor * (x - base)


def _luma(x: Tensor) -> Tensor:
    if x.shape[1] < 3:
        return x[:, :1]
    x = x[:, :3]
    return (x * torch.tensor([0.299, 0.587, 0.114], device=x.device)[:, None, None]).sum(1, keepdim=True)


def _autocontrast(x: Tensor) -> Tensor:
    low, high = x.amin((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
    return torch.where(high > low, (x - low) * 255 / (high - low).clamp(min=1e-6), x)


def _equalise(x: Tensor) -> Tensor:
    flat = x.round().long().clamp(0, 255).flatten(2)
    counts = torch.zeros(*flat.shape[:2], 256, device=x.device).scatter_add_(2, flat, torch.ones_like(flat, dtype=x.dtype))
    ranks = counts.cumsum(2)
    first = torch.where(counts > 0, ranks, torch.inf).amin(2, keepdim=True)
    span = ranks[:, :, -1:] - first
    values = (ranks - first) / span.clamp(min=1) * 255
    return torch.where(span[..., None] > 0, values.gather(2, flat).reshape(x.shape), x)


def _neighbours(x: Tensor) -> Tensor:
    p = F.pad(x, (1, 1, 1, 1), mode="replicate")
    return (x + p[:, :, 1:-1, :-2] + p[:, :, 1:-1, 2:] + p[:, :, :-2, 1:-1] + p[:, :, 2:, 1:-1]) / 5


def _change(kind: int, x: Tensor, strength: float, sign: Tensor) -> Tensor:
    """Change `kind` of the fourteen of the paper, on the images that drew it; `sign` is [n], -1 or 1."""
    signed = sign * strength
    factor = (1 + 0.9 * signed)[:, None, None, None]
    if kind == 0:
        return x
    if kind == 1:
        return _autocontrast(x)
    if kind == 2:
        return _equalise(x)
    if kind <= 7:
        matrices = _matrices(len(x), x.device)
        if kind == 3:
            angle = signed * math.pi / 6
            matrices[:, 0, 0], matrices[:, 0, 1] = angle.cos(), angle.sin()
            matrices[:, 1, 0], matrices[:, 1, 1] = -angle.sin(), angle.cos()
        elif kind in (4, 5):
            matrices[:, kind - 4, 5 - kind] = 0.3 * signed
        else:
            matrices[:, kind - 6, 2] = 0.3 * signed * x.shape[3 if kind == 6 else 2]
        return _warp(x, matrices)
    if kind == 8:
        step = 2 ** math.floor(strength * 4 + 0.5)
        return (x / step).floor() * step
    if kind == 9:
        return torch.where(x > 255 - strength * 255, 255 - x, x)
    if kind == 10:
        return _toward(x, _luma(x), factor)
    if kind == 11:
        return _toward(x, _luma(x).mean((2, 3), keepdim=True), factor)
    if kind == 12:
        return x * factor
    return _toward(x, _neighbours(x), factor)


changes = 14


def rand_augment(x: Tensor, options: RandAugment, generator: Generator) -> Tensor:
    """RandAugment (Cubuk et al., arXiv 1909.13719): random changes of colour and geometry."""
    for _ in range(options.ops):
        drawn = torch.randint(changes, (len(x),), generator=generator)
        sign = torch.where(torch.rand(len(x), generator=generator) < 0.5, -1.0, 1.0)
        y = x.clone()
        for kind in drawn.unique().tolist():
            chosen = (drawn == kind).nonzero().flatten()
            on_device = chosen.to(x.device)
            changed = _change(kind, x[on_device], options.magnitude / 10, sign[chosen].to(x.device))
            y[on_device] = changed.round().clamp(0, 255)
        x = y
    return x


def _shift(x: Tensor, dx: Tensor, dy: Tensor) -> Tensor:
    """Each image seen from `dx`, `dy` pixels further right and down; 0 where it ends."""
    _, _, height, width = x.shape
    rows = torch.arange(height, device=x.device) + dy[:, None]
    columns = torch.arange(width, device=x.device) + dx[:, None]
    inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
    at = rows.clamp(0, height - 1)[:, :, None] * width + columns.clamp(0, width - 1)[:, None, :]
    y = x.flatten(2).gather(2, at.flatten(1)[:, None].expand(-1, x.shape[1], -1)).reshape(x.shape)
    return y * inside[:, None]


def augment(pixels: Tensor, options: Augmentation, mean: Tensor, std: Tensor, generator: Generator) -> Tensor:
    """Normalised, changed images of bytes [batch, 3, height, width]. What is uncovered gets the mean colour, 0."""
    x = pixels.float()
    count, _, height, width = x.shape
    if options.rand_augment is not None:
        x = rand_augment(x, options.rand_augment, generator)
    x = (x / 255 - mean[:, None, None]) / torch.where(std == 0, 1.0, std)[:, None, None]
    if options.flip:
        mirrored = _uniform(count, generator, x.device) < 0.5
        x = torch.where(mirrored[:, None, None, None], x.flip(3), x)
    if options.pad_crop > 0:
        most = options.pad_crop
        dx, dy = torch.randint(-most, most + 1, (2, count), generator=generator).to(x.device)
        x = _shift(x, dx, dy)
    if options.cutout > 0:
        side = options.cutout
        left = torch.randint(width, (count, 1), generator=generator).to(x.device) - side // 2
        top = torch.randint(height, (count, 1), generator=generator).to(x.device) - side // 2
        rows = torch.arange(height, device=x.device)
        columns = torch.arange(width, device=x.device)
        cut = ((rows >= top) & (rows < top + side))[:, :, None] & ((columns >= left) & (columns < left + side))[:, None, :]
        x = x.masked_fill(cut[:, None], 0)
    return x


def mixup(x: Tensor, targets: Tensor, a: float, generator: Generator) -> "tuple[Tensor, Tensor]":
    """Mixup (Zhang et al., arXiv 1710.09412): one share from Beta(a, a) for the batch; partners from its other end."""
    gammas = torch._standard_gamma(torch.tensor([a, a], dtype=torch.float64), generator=generator)
    total = float(gammas.sum())
    drawn = float(gammas[0]) / total if total > 0 else 0.5
    own = max(drawn, 1 - drawn)
    return own * x + (1 - own) * x.flip(0), own * targets + (1 - own) * targets.flip(0)


def normalise(pixels: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Bytes [batch, 3, height, width] as the network takes them."""
    return (pixels.float() / 255 - mean[:, None, None]) / torch.where(std == 0, 1.0, std)[:, None, None]


def resize(x: Tensor, resolution: int) -> Tensor:
    """Smaller images: each pixel the mean of the area that it covers."""
    return x if x.shape[2] == resolution else _area(_area(x, resolution, 2), resolution, 3)


def _area(x: Tensor, size: int, axis: int) -> Tensor:
    """Exact shares of the pixels covered, along one axis."""
    length = x.shape[axis]
    edges = torch.arange(size + 1, dtype=torch.float64) * length / size
    low, high = edges[:-1, None], edges[1:, None]
    cell = torch.arange(length, dtype=torch.float64)
    shares = (torch.minimum(high, cell + 1) - torch.maximum(low, cell)).clamp(min=0) * size / length
    shares = shares.to(x.device, x.dtype)
    return torch.movedim(torch.movedim(x, axis, -1) @ shares.T, -1, axis)
