#!/bin/sh
#SBATCH --job-name=rk-merge --cpus-per-task=1 --time=01:00:00
# All partials to the ranking, whole or not at all; a partial that is missing is named.
set -eu
rk-merge --manifest parts/manifest.json -o ranking.csv partials/*.jsonl
