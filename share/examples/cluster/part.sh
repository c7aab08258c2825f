#!/bin/sh
#SBATCH --job-name=rk-part --cpus-per-task=1 --time=01:00:00
# One part to one partial: sbatch --array=0-15 part.sh. A partial that is there is whole, and is left.
set -eu
part=$(printf %04d "$SLURM_ARRAY_TASK_ID")
mkdir -p partials
[ -e "partials/$part.jsonl" ] ||
    rk-aggregate --partial -q --rubric rubric.json -o "partials/$part.jsonl" "parts/$part.csv"
