# What the pipelines begin with, read by each of them: DATA, DAY and OUT checked, and a folder beside OUT to work in,
# which goes however it ends.
# shellcheck shell=sh disable=SC2034 # the pipelines use them
name=${0##*/}
[ $# -eq 3 ] || { echo "usage: $name DATA DAY OUT" >&2; exit 2; }
data=${1%/} day=$2 out=${3%/}
[ -d "$data" ] || { echo "$name: $data is no folder" >&2; exit 2; }
[ ! -e "$out" ] || { echo "$name: $out is there already" >&2; exit 2; }
part=$out.part
rm -rf "$part"
trap 'rm -rf "$part"' EXIT
trap 'exit 130' INT TERM
has() { [ -s "$data/$1.csv" ]; }
# 3 = done, and a person should look: that is for the reader of the tables
run() { "$@" || [ $? -eq 3 ]; }
