"""`python -m mixnas_torch`: serve trials, or train one network by hand."""

import argparse
import json
import sys

from .errors import MixnasError


def _train(arguments: argparse.Namespace) -> int:
    import torch

    from .data import load_data, validation_indices
    from .recipe import Recipe
    from .streams import stream
    from .train import Options, Trainer, evaluate, in_reach, pick_device, train
    from .weights import load_weights, save_weights

    graph = _json(arguments.graph)
    recipe = Recipe.from_json(_json(arguments.recipe) if arguments.recipe else {})
    if arguments.steps:
        recipe.steps = arguments.steps
    device = pick_device(arguments.device)
    resolution = graph["resolution"]
    kind = "dataset" if ":" in arguments.data else arguments.kind
    data = in_reach(load_data({kind: arguments.data, "resolution": resolution}), device)
    held_out = validation_indices(data.train.labels, arguments.validation, stream(arguments.seed, "split"))
    options = Options(device, arguments.precision, arguments.compile)
    trainer = Trainer(graph, recipe, data, held_out, arguments.seed, options)
    if arguments.weights:
        load_weights(trainer.network, arguments.weights)
    result = train(trainer, on_point=lambda p: print(f"step {p['step']} of {recipe.steps}, loss {p['loss']:.4f}"))
    print(f"validation accuracy {result.accuracy:.2%}")
    if data.test is not None:
        tested = evaluate(result.network, data.test, torch.arange(len(data.test.labels)), data.mean, data.std)
        print(f"test accuracy {tested['accuracy']:.2%}")
    described = {"mean": data.mean.tolist(), "std": data.std.tolist(), "classes": data.train.classes}
    metadata = {"resolution": str(resolution), "classes": str(graph["classes"]), "data": described}
    if arguments.architecture:
        metadata["architecture"] = _json(arguments.architecture)
    save_weights(result.network, arguments.out, metadata)
    print(f"weights in {arguments.out}")
    return 0


def _json(path: str) -> dict:
    try:
        with open(path, encoding="utf8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        raise MixnasError(f"{path}: {error}") from None


def main() -> int:
    parser = argparse.ArgumentParser(prog="mixnas-torch", description="Trains the networks of mixnas in PyTorch")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve trials on standard input and output, for `evaluator: pytorch`")
    commands.add_parser("probe", help="print torch's version and its devices as JSON")
    one = commands.add_parser("train", help="train one network")
    one.add_argument("--graph", required=True, help="a layer graph: mixnas show NAME --graph > graph.json")
    one.add_argument("--data", required=True, help="mixnas's decoded cache (~/.cache/mixnas/cifar10), an image folder with --kind folder, or module:function")
    one.add_argument("--kind", choices=["decoded", "folder"], default="decoded")
    one.add_argument("--recipe", help="a JSON file with fields of a recipe")
    one.add_argument("--steps", type=int)
    one.add_argument("--validation", type=int, default=2500, help="training images held out (default: 2500)")
    one.add_argument("--seed", default="0")
    one.add_argument("--device", default="auto", help="auto, cuda, cuda:1, mps or cpu")
    one.add_argument("--precision", choices=["float32", "bfloat16", "float16"], default="float32")
    one.add_argument("--compile", action="store_true", help="use torch.compile")
    one.add_argument("--weights", help="weights to start from")
    one.add_argument("--architecture", help="the architecture's JSON, for the weights' metadata: mixnas show NAME")
    one.add_argument("--out", required=True, help="where the weights are written")
    arguments = parser.parse_args()
    try:
        if arguments.command == "serve":
            from .serve import serve

            return serve()
        if arguments.command == "probe":
            import platform

            import torch

            gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
            mps = getattr(torch.backends, "mps", None)
            print(json.dumps({"python": platform.python_version(), "torch": torch.__version__, "cuda": torch.version.cuda, "gpus": gpus, "mps": bool(mps and mps.is_available())}))
            return 0
        return _train(arguments)
    except MixnasError as error:
        print(f"mixnas-torch: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
