"""Records what Optuna and pymoo reach on the problems of `bench/search`, once, as JSON.

    python -m venv venv && venv/bin/pip install optuna torch scipy pymoo
    venv/bin/python bench/peers/record.py optuna-gp --problems zdt1,cell --seeds 5 --trials 200

Run it in the project's folder: the problems themselves are served by `bench/search/serve.ts`, so that
they are written down once. Only distinct evaluations count; a repeated proposal is answered from memory,
and a run ends early when a sampler proposes nothing new 500 times in a row. Runs that the file holds
already are kept: delete them to measure them again.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import types
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
warnings.filterwarnings("ignore")
BUDGETS = [50, 100, 200, 500]
PATIENCE = 500


class Problem:
    def __init__(self, name, table, devices):
        command = ["node", "--import", "tsx", "bench/search/serve.ts", name]
        if table:
            command += [table, devices]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.process.stdout.readline())

    def call(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Finished(Exception):
    pass


class Run:
    """One study: counts distinct evaluations and takes the ratio at each budget."""

    def __init__(self, problem, trials):
        self.problem, self.trials = problem, trials
        self.ratios, self.seconds = [], []
        self.distinct, self.stale, self.thinking = 0, 0, 0.0
        self.budgets = [b for b in BUDGETS if b <= trials]
        # Where the peer calls us: since when it has been thinking.
        self.since = None
        problem.call({})

    def evaluate(self, genes):
        if self.since is not None:
            self.thinking += time.process_time() - self.since
        try:
            return self.answer(genes)
        finally:
            if self.since is not None:
                self.since = time.process_time()

    def answer(self, genes):
        answer = self.problem.call({"genes": genes})
        self.stale = 0 if answer["distinct"] > self.distinct else self.stale + 1
        if answer["distinct"] > self.distinct:
            self.distinct = answer["distinct"]
            if self.distinct in self.budgets:
                self.ratios.append(answer["ratio"])
                self.seconds.append(self.thinking)
        if self.distinct >= self.trials:
            raise Finished
        if self.stale >= PATIENCE:
            while len(self.ratios) < len(self.budgets):
                self.ratios.append(answer["ratio"])
                self.seconds.append(self.thinking)
            raise Finished
        return answer


def optuna_sampler(name, seed, constrained):
    import optuna

    options = {"seed": seed}
    if constrained:
        options["constraints_func"] = lambda trial: trial.user_attrs["violations"]
    if name == "optuna-tpe":
        return optuna.samplers.TPESampler(multivariate=True, **options)
    if name == "optuna-nsga2":
        return optuna.samplers.NSGAIISampler(population_size=20, **options)
    return optuna.samplers.GPSampler(deterministic_objective=True, **options)


def run_optuna(name, run, seed):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    about = run.problem.about
    study = optuna.create_study(
        directions=["minimize"] * about["objectives"],
        sampler=optuna_sampler(name, seed, about["constraints"] > 0),
    )
    try:
        while True:
            start = time.process_time()
            trial = study.ask()
            genes = []
            for i, (n, ordered) in enumerate(zip(about["choices"], about["ordered"])):
                # With one choice there is nothing to suggest, and some samplers refuse it.
                if n == 1:
                    genes.append(0)
                elif ordered:
                    genes.append(trial.suggest_int(f"x{i}", 0, n - 1))
                else:
                    genes.append(trial.suggest_categorical(f"x{i}", list(range(n))))
            run.thinking += time.process_time() - start
            answer = run.evaluate(genes)
            if about["constraints"]:
                trial.set_user_attr("violations", answer["violations"])
            start = time.process_time()
            study.tell(trial, answer["costs"])
            run.thinking += time.process_time() - start
    except Finished:
        pass


def run_pymoo(run, seed):
    try:
        import alive_progress  # noqa: F401
    except ImportError:  # Only its progress bar, which is off.
        sys.modules["alive_progress"] = types.SimpleNamespace(alive_bar=None)
    import numpy as np
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.operators.crossover.ux import UX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.optimize import minimize

    about = run.problem.about
    upper = np.array(about["choices"]) - 1

    class Served(ElementwiseProblem):
        def __init__(self):
            super().__init__(
                n_var=len(upper),
                n_obj=about["objectives"],
                n_ieq_constr=about["constraints"],
                xl=np.zeros(len(upper)),
                xu=upper,
                vtype=int,
            )

        def _evaluate(self, x, out, *args, **kwargs):
            answer = run.evaluate([int(v) for v in x])
            out["F"] = answer["costs"]
            if about["constraints"]:
                out["G"] = answer["violations"]

    algorithm = NSGA2(
        pop_size=20,
        sampling=IntegerRandomSampling(),
        crossover=UX(prob=0.9, repair=RoundingRepair()),
        mutation=PM(prob=1.0, eta=3.0, vtype=float, repair=RoundingRepair()),
        eliminate_duplicates=True,
    )
    run.since = time.process_time()
    try:
        minimize(Served(), algorithm, ("n_gen", 10_000), seed=seed + 1, verbose=False)
    except Finished:
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=["optuna-gp", "optuna-tpe", "optuna-nsga2", "pymoo-nsga2"])
    parser.add_argument("--problems", required=True)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--table")
    parser.add_argument("--devices", default="pixel_litert")
    parser.add_argument("--out")
    args = parser.parse_args()
    module = __import__("pymoo" if args.peer.startswith("pymoo") else "optuna")
    path = args.out or os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{args.peer}.json")
    record = {"name": args.peer, "version": module.__version__, "command": "", "budgets": BUDGETS, "runs": []}
    if os.path.exists(path):
        with open(path) as file:
            record["runs"] = json.load(file)["runs"]
    record["command"] = f"python bench/peers/record.py {args.peer} --seeds {args.seeds} --trials {args.trials}"
    names = args.problems.split(",")
    problems = {name: Problem(name, args.table, args.devices) for name in names}
    # Seed by seed, so that a recording that is broken off has as many seeds of every problem.
    for seed in range(args.seeds):
        for name in names:
            if any((r["problem"], r["seed"]) == (name, seed) for r in record["runs"]):
                continue
            run = Run(problems[name], args.trials)
            if args.peer.startswith("pymoo"):
                run_pymoo(run, seed)
            else:
                run_optuna(args.peer, run, seed)
            record["runs"].append(
                {"problem": name, "seed": seed, "ratios": run.ratios, "seconds": run.seconds}
            )
            with open(path, "w") as file:
                json.dump(record, file)
            print(name, seed, [round(r, 5) for r in run.ratios], [round(s, 1) for s in run.seconds], flush=True)
    for problem in problems.values():
        problem.close()


main()
