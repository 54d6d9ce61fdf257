#!/usr/bin/env bash
# Workers as a Slurm array, one a GPU. The search itself runs on the login node, or as a job of its own.
#   export MIXNAS_REDIS=redis://:password@queue-host:6379
#   sbatch --array=0-31 deploy/slurm/workers.sh /shared/mixnas-store
# Drain one, which finishes the trial that it has:   scancel --signal=TERM --batch 1234_5
# End one at once, its trial goes to another worker: scancel 1234_5
#SBATCH --job-name=mixnas-worker
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=24:00:00
# Ten minutes before the end the workers finish what they have and take nothing more.
#SBATCH --signal=B:TERM@600
set -euo pipefail
store=${1:?the folder that all nodes share}
gpus=${CUDA_VISIBLE_DEVICES:?Slurm has given this task no GPU: --gres=gpu:1, and GPUs in gres.conf}
name="slurm-${SLURM_ARRAY_JOB_ID:-${SLURM_JOB_ID:-0}}-${SLURM_ARRAY_TASK_ID:-0}"
# The variable goes to the process by the environment: a URL with a password is on no command line.
# In place of this shell, so that Slurm's signal reaches the worker, once: a second one would end it at once.
exec mixnas worker --store "$store" --name "$name" --gpus "$gpus"
