#!/bin/sh
# Measures every model of this kit with TensorFlow Lite's benchmark_model, on the device that it runs on.
#
#   sh measure.sh ./benchmark_model [cpu|gpu|nnapi] [threads]
#
# Each result is a file in results/; what has one is not measured again, so the script can be stopped and started.
# CORES=f0 in the environment pins it to the cores of that mask (taskset).
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
. "$here/settings.sh"

if [ $# -lt 1 ]; then
  echo "usage: sh measure.sh BENCHMARK_MODEL [cpu|gpu|nnapi] [threads]" >&2
  exit 2
fi
program=$1
unit=${2:-$default_unit}
threads=${3:-1}

if [ ! -f "$program" ]; then
  echo "measure.sh: there is no file $program: give the path of benchmark_model." >&2
  exit 2
fi
if [ ! -x "$program" ]; then
  echo "measure.sh: $program is not executable: chmod +x it, in a folder that allows programs (/data/local/tmp)." >&2
  exit 2
fi
case $program in
  */*) ;;
  *) program=./$program ;;
esac
case $unit in
  cpu) passes='time ops'; delegate='--use_xnnpack=true' ;;
  gpu) passes='time'; delegate='--use_xnnpack=false --use_gpu=true' ;;
  nnapi) passes='time'; delegate='--use_xnnpack=false --use_nnapi=true' ;;
  *)
    echo "measure.sh: unknown unit $unit: use cpu, gpu or nnapi." >&2
    exit 2
    ;;
esac
case $threads in
  '' | *[!0-9]*)
    echo "measure.sh: $threads is not a number of threads." >&2
    exit 2
    ;;
esac
if [ "$unit" != "$default_unit" ]; then
  echo "measure.sh: the models of this kit are made for $default_unit; on $unit some may not run." >&2
fi

# Android's thermal status, 0 where nothing is throttled; 0 too where the system has none.
heat() {
  status=$(dumpsys thermalservice 2>/dev/null | sed -n 's/.*Thermal Status: *\([0-9]\).*/\1/p' | head -n 1)
  echo "${status:-0}"
}

cool() {
  waited=0
  while [ "$(heat)" != 0 ]; do
    [ $waited = 0 ] && echo "  too hot (thermal status $(heat)): waiting"
    sleep 5
    waited=$((waited + 5))
    if [ $waited -ge 600 ]; then
      echo "measure.sh: the device has been too hot for 10 minutes: let it cool and start again." >&2
      exit 1
    fi
  done
}

# One run: a result is there only when benchmark_model came to its end.
run() { # model pass
  part=$here/results/$1.$2.part
  if [ "$2" = ops ]; then flags=$ops_flags; else flags=$time_flags; fi
  tries=0
  while :; do
    cool
    {
      echo "mixnas: $unit, $threads threads"
      # shellcheck disable=SC2086
      ${CORES:+taskset "$CORES"} "$program" --graph="$here/models/$1.tflite" --num_threads="$threads" $delegate $flags 2>&1
    } >"$part"
    code=$?
    if [ $code != 0 ] || ! grep -q 'Inference (avg)\|no stats:' "$part"; then
      echo "  failed with code $code: $(tail -n 1 "$part")" >&2
      rm -f "$part"
      return 1
    fi
    if grep -q 'graph will not be executed by the delegate' "$part"; then
      echo "  left out: the delegate took none of it" >&2
      rm -f "$part"
      return 1
    fi
    if [ "$(heat)" = 0 ] || [ $tries -ge 3 ]; then break; fi
    tries=$((tries + 1))
    echo "  too hot after it ran: measuring it again"
  done
  mv "$part" "$here/results/$1.$2.txt"
}

mkdir -p "$here/results" || exit 1
total=$(ls "$here/models" | grep -c '\.tflite$')
number=0
failures=0
for path in "$here"/models/*.tflite; do
  model=$(basename "$path" .tflite)
  number=$((number + 1))
  for pass in $passes; do
    [ -f "$here/results/$model.$pass.txt" ] && continue
    echo "$number of $total: $model ($pass)"
    if ! run "$model" "$pass"; then
      failures=$((failures + 1))
      # The first models failing means the program, not the models.
      if [ $failures -ge 3 ] && [ -z "$(ls "$here/results" | grep '\.txt$')" ]; then
        echo "measure.sh: nothing runs: is this benchmark_model for this device, with the delegate?" >&2
        exit 1
      fi
      break
    fi
  done
done
echo "done: $(ls "$here/results" | grep -c '\.time\.txt$') of $total models measured, $failures failed"
echo "now, where mixnas is: mixnas profile tune NAME --kit THIS_FOLDER"
