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
# shellcheck source=share/pipelines/begin.sh
. "$(dirname "$0")/begin.sh"
mkdir -p "$part"
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
