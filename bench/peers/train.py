"""Images a second of PyTorch, channels last, training a layer graph of this project.

    python bench/peers/train.py < job.json

The job, one line: `graph` (a layer graph), `batch`, `seconds`, `threads` and `workers`. With one worker, this
process trains on `threads` threads. With more, each is a process of `threads` threads, pinned to a core, that
takes its share of the batch; gradients are averaged every step (gloo), in buckets while the backward pass runs,
as DistributedDataParallel does. Says `ready`, waits for a line, measures, and prints one JSON line: the seconds
of each step, of the slowest worker. A step is: take a batch that is in memory, forward, backward, fused SGD with
Nesterov momentum, read the loss.

With MIXNAS_BENCH_COMPILE set the network is compiled (torch.compile), before the clock starts.

In PyTorch's favour: padding is symmetric also at stride 2, which saves a copy; activations work in place.
"""

import json
import os
import sys
import time
from queue import SimpleQueue

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from torch import nn

ACTIVATIONS = {
    "relu": lambda: nn.ReLU(inplace=True),
    "relu6": lambda: nn.ReLU6(inplace=True),
    "swish": lambda: nn.SiLU(),
    "hswish": lambda: nn.Hardswish(),
    "sigmoid": lambda: nn.Sigmoid(),
    "hsigmoid": lambda: nn.Hardsigmoid(),
}


class Network(nn.Module):
    def __init__(self, graph):
        super().__init__()
        self.ops = graph["ops"]
        self.layers = nn.ModuleDict()
        for op in self.ops:
            layer = self.layer(op)
            if layer is not None:
                self.layers[str(op["id"])] = layer
        # Slices that split one op's channels are one call, as one would write it.
        self.splits = {}
        for op in self.ops:
            if op["kind"] == "slice":
                self.splits.setdefault(op["inputs"][0], []).append(op)

    def channels(self, op, index=0):
        return self.ops[op["inputs"][index]]["shape"][2]

    def layer(self, op):
        kind, out = op["kind"], op["shape"][2]
        if kind in ("conv2d", "depthwiseConv2d"):
            into = self.channels(op)
            padding = (op["kernel"] - 1) * op["dilation"] // 2
            groups = op["groups"] if kind == "conv2d" else into
            return nn.Conv2d(
                into, out, op["kernel"], op["stride"], padding, op["dilation"], groups, bias=op.get("bias", False)
            )
        if kind == "batchNorm":
            return nn.BatchNorm2d(out, eps=op["epsilon"], momentum=1 - op["momentum"])
        if kind == "activation":
            return ACTIVATIONS[op["activation"]]()
        if kind == "dense":
            return nn.Linear(self.channels(op), out)
        if kind == "dropout" and op["rate"] > 0:
            return nn.Dropout(op["rate"])
        return None

    def forward(self, x):
        values = [None] * len(self.ops)
        parts = {}
        for op in self.ops:
            kind, i = op["kind"], op["id"]
            inputs = [values[j] for j in op["inputs"]]
            if kind == "input":
                y = x
            elif kind == "slice":
                source = op["inputs"][0]
                if source not in parts:
                    sizes = [part["shape"][2] for part in self.splits[source]]
                    parts[source] = list(torch.split(inputs[0], sizes, 1))
                y = parts[source].pop(0)
            elif kind == "concat":
                y = torch.cat(inputs, 1)
            elif kind == "add":
                y = inputs[0] + inputs[1]
            elif kind == "multiply":
                y = inputs[0] * inputs[1]
            elif kind == "mean":
                y = inputs[0].mean((2, 3), keepdim=True)
            elif kind == "dense":
                y = self.layers[str(i)](torch.flatten(inputs[0], 1))
            elif str(i) in self.layers:
                y = self.layers[str(i)](inputs[0])
            elif kind == "dropout":
                y = inputs[0]
            else:
                raise SystemExit(f"no PyTorch layer for {kind}")
            values[i] = y
        return values[-1]


def train(rank, job, queue, gate):
    workers, threads = job["workers"], job["threads"]
    torch.set_num_threads(threads)
    if workers > 1:
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[rank]})
        dist.init_process_group("gloo", rank=rank, world_size=workers)
    torch.manual_seed(1)
    graph = job["graph"]
    network = Network(graph).to(memory_format=torch.channels_last)
    model = nn.parallel.DistributedDataParallel(network) if workers > 1 else network
    if os.environ.get("MIXNAS_BENCH_COMPILE"):
        model = torch.compile(model)
    kernels = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": kernels, "weight_decay": 1e-4}, {"params": others, "weight_decay": 0}]
    optimizer = torch.optim.SGD(groups, lr=0.01, momentum=0.9, nesterov=True, fused=True)
    count, side = job["batch"] // workers, graph["resolution"]
    images = torch.randn(count, 3, side, side).contiguous(memory_format=torch.channels_last)
    targets = torch.full((count, graph["classes"]), 1 / graph["classes"])

    def step():
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        loss.item()
        return time.perf_counter() - started

    for _ in range(3):
        step()
    gate(rank)
    seconds = []
    end = time.perf_counter() + job["seconds"]
    # Workers that share a batch take the same number of steps: the first says whether there is one more.
    more = torch.ones(1)
    while more.item() > 0:
        seconds.append(step())
        more[0] = float(time.perf_counter() < end or len(seconds) < 3)
        if workers > 1:
            dist.broadcast(more, 0)
    queue.put(seconds)
    if workers > 1:
        dist.destroy_process_group()


def wait_for_go(rank):
    print("ready", flush=True)
    sys.stdin.readline()


def wait_for_others(rank):
    dist.barrier()


def main():
    job = json.loads(sys.stdin.readline())
    version = f"PyTorch {torch.__version__}"
    if job["workers"] == 1:
        queue = SimpleQueue()
        train(0, job, queue, wait_for_go)
        print(json.dumps({"version": version, "seconds": queue.get()}))
        return
    wait_for_go(0)
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29517")
    context = mp.get_context("spawn")
    queue = context.SimpleQueue()
    arguments = (job, queue, wait_for_others)
    processes = [context.Process(target=train, args=(rank, *arguments)) for rank in range(job["workers"])]
    for process in processes:
        process.start()
    results = [queue.get() for _ in processes]
    for process in processes:
        process.join()
    print(json.dumps({"version": version, "seconds": [max(step) for step in zip(*results)]}))


if __name__ == "__main__":
    main()
