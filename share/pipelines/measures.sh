#!/bin/sh
# The measures that a monthly report tells of, from a data package:
#
#     sh measures.sh DATA DAY OUT
#
# DATA is a folder with a table in each file (rk-data(7)), DAY the day on which everything is told as it was known.
# rk's tools are on PATH. Makes OUT/impact.csv, agreement.csv, effects.csv, cover.csv and retention.csv, of those that
# DATA has the tables for; share/reports/monthly.json picks of them by these names:
#
#     rk-report --data DATA --month MONTH OUT/*.csv -o report.html
set -eu
[ $# -eq 3 ] || { echo 'usage: measures.sh DATA DAY OUT' >&2; exit 2; }
data=${1%/} day=$2 out=${3%/}
[ -d "$data" ] || { echo "measures.sh: $data is no folder" >&2; exit 2; }
[ ! -e "$out" ] || { echo "measures.sh: $out is there already" >&2; exit 2; }
part=$out.part
rm -rf "$part"
trap 'rm -rf "$part"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$part"
has() { [ -s "$data/$1.csv" ]; }
# 3 = done, and a person should look: that is for the reader of the report
run() { "$@" || [ $? -eq 3 ]; }
if has ratings; then
    run rk-impact -q --data "$data" --measures "$part/impact.csv" -o "$part/rankings"
    rm "$part/rankings"
    run rk-agree -q --data "$data" --by stage --measures alpha -o "$part/agreement.csv"
fi
! has responses ||
    run rk-survey -q --data "$data" --survey effects --codebook effects --by actor -o "$part/effects.csv"
! has panelists || run rk-panel-cover -q --data "$data" --as-of "$day" -o "$part/cover.csv"
! has hires || run rk-retain -q --data "$data" --as-of "$day" --times steps -o "$part/retention.csv"
mv "$part" "$out"
trap - EXIT
