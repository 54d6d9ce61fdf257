"""The ops of a layer graph as PyTorch modules. Inside, maps are [batch, channels, height, width].

Variables are named and mean the same as in a weights file of mixnas (docs/network-format.md); only the order of a
kernel's axes is PyTorch's.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> "tuple[int, int]":
    """Pixels before and after, along one axis, as TensorFlow's SAME has them: the odd one comes after."""
    output = -(-size // stride)
    total = max((output - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def pad_same(x: Tensor, kernel: int, stride: int, dilation: int, value: float = 0.0) -> "tuple[Tensor, tuple[int, int]]":
    """The map and the symmetric padding that is left for the convolution itself."""
    top, bottom = same_padding(x.shape[2], kernel, stride, dilation)
    left, right = same_padding(x.shape[3], kernel, stride, dilation)
    if value == 0.0 and top == bottom and left == right:
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=value), (0, 0)


class Convolution(nn.Module):
    """`conv2d` and `depthwiseConv2d`. Kernel [output, input / groups, k, k], He initialisation by fan-out."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, dilation: int, groups: int, bias: bool):
        super().__init__()
        self.stride, self.dilation, self.groups = stride, dilation, groups
        self.kernel = nn.Parameter(torch.empty(outputs, inputs // groups, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        fan_out = kernel * kernel * outputs / groups
        nn.init.normal_(self.kernel, std=(2 / fan_out) ** 0.5)

    def forward(self, x: Tensor) -> Tensor:
        x, padding = pad_same(x, self.kernel.shape[2], self.stride, self.dilation)
        return F.conv2d(x, self.kernel, self.bias, self.stride, padding, self.dilation, self.groups)


class Dense(nn.Module):
    """`dense` on [batch, C, 1, 1]. Kernel [output, input]; zeros at first, or uniform within 1 / sqrt(input)."""

    def __init__(self, inputs: int, outputs: int, zero: bool):
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        if not zero:
            bound = inputs**-0.5
            nn.init.uniform_(self.kernel, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x.flatten(1), self.kernel, self.bias)[:, :, None, None]


class BatchNorm(nn.Module):
    """Batch norm. In training the batch's own statistics are left in `batch_mean` and `batch_variance`.

    The trainer moves the running ones towards them (`update_statistics`): their share changes from step to step, and as
    an argument of a compiled network it would have it compiled again each time.
    """

    def __init__(self, channels: int, epsilon: float, momentum: float):
        super().__init__()
        self.epsilon, self.momentum = epsilon, momentum
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.register_buffer("batch_mean", torch.zeros(channels), persistent=False)
        self.register_buffer("batch_variance", torch.zeros(channels), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return F.batch_norm(x, self.mean, self.variance, self.gamma, self.beta, False, 0.0, self.epsilon)
        if x.shape[0] * x.shape[2] * x.shape[3] == 1:
            # One number a channel: its mean is itself, its variance 0, which PyTorch refuses.
            self.batch_mean.copy_(x.detach().flatten())
            self.batch_variance.zero_()
            return torch.zeros_like(x) * self.gamma[:, None, None] + self.beta[:, None, None]
        return F.batch_norm(x, self.batch_mean, self.batch_variance, self.gamma, self.beta, True, 1.0, self.epsilon)


@torch.no_grad()
def update_statistics(norms: "list[BatchNorm]", share: float) -> None:
    """Moves the running statistics towards those of the last batch."""
    if norms:
        torch._foreach_lerp_([n.mean for n in norms], [n.batch_mean for n in norms], share)
        torch._foreach_lerp_([n.variance for n in norms], [n.batch_variance for n in norms], share)


class LayerNorm(nn.Module):
    """Layer norm over the channels of each pixel."""

    def __init__(self, channels: int, epsilon: float):
        super().__init__()
        self.epsilon = epsilon
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        y = F.layer_norm(x.permute(0, 2, 3, 1), self.gamma.shape, self.gamma, self.beta, self.epsilon)
        return y.permute(0, 3, 1, 2)


class MaxPool(nn.Module):
    """Maximum over a window, SAME padding with minus infinity."""

    def __init__(self, kernel: int, stride: int):
        super().__init__()
        self.size, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        x, _ = pad_same(x, self.size, self.stride, 1, float("-inf"))
        return F.max_pool2d(x, self.size, self.stride)


class Attention(nn.Module):
    """Attention among the pixels at the same place of their patches (MobileViT)."""

    def __init__(self, heads: int, patch: int):
        super().__init__()
        self.heads, self.patch = heads, patch

    def forward(self, x: Tensor) -> Tensor:
        p = self.patch
        batch, channels, height, width = x.shape
        if height % p == 0 and width % p == 0:
            return self._one_size(x)
        # Sets whose pixels would lie outside the map are smaller: one call for each place in a patch.
        y = x.new_empty(batch, channels // 3, height, width)
        for i in range(min(p, height)):
            for j in range(min(p, width)):
                part = x[:, :, i::p, j::p]
                y[:, :, i::p, j::p] = self._attend(part.flatten(2)[:, None])[:, 0].reshape(
                    batch, channels // 3, part.shape[2], part.shape[3]
                )
        return y

    def _one_size(self, x: Tensor) -> Tensor:
        p = self.patch
        batch, channels, height, width = x.shape
        sets = x.reshape(batch, channels, height // p, p, width // p, p).permute(0, 3, 5, 1, 2, 4)
        y = self._attend(sets.reshape(batch, p * p, channels, -1))
        y = y.reshape(batch, p, p, channels // 3, height // p, width // p)
        return y.permute(0, 3, 4, 1, 5, 2).reshape(batch, channels // 3, height, width)

    def _attend(self, x: Tensor) -> Tensor:
        """[batch, sets, 3 C, pixels] to [batch, sets, C, pixels]."""
        batch, sets, channels, pixels = x.shape
        split = x.reshape(batch, sets, 3, self.heads, channels // 3 // self.heads, pixels).transpose(4, 5)
        q, k, v = split.unbind(2)
        y = F.scaled_dot_product_attention(q, k, v)
        return y.transpose(3, 4).reshape(batch, sets, channels // 3, pixels)


def shuffle(x: Tensor, groups: int) -> Tensor:
    """Output channel j * G + g is input channel g * n + j."""
    batch, channels, height, width = x.shape
    parts = x.reshape(batch, groups, channels // groups, height, width)
    return parts.transpose(1, 2).reshape(batch, channels, height, width)


activations = {
    "relu": F.relu,
    "relu6": F.relu6,
    "swish": F.silu,
    "sigmoid": torch.sigmoid,
    "hsigmoid": F.hardsigmoid,
    "hswish": F.hardswish,
    "linear": lambda x: x,
}
