#!/usr/bin/env bash
# How long hiding and auditing take: tests/bench/suppress.sh BUILD
#
# Tables of 60, 100 and 1,000 figures with their totals, in two and three dimensions, from a formula. Every
# figure is the median of PAIRS rounds (3), in seconds of the processor, for other work does not change these as
# much; what takes over three seconds is tried once. The audit reads what is shown as it would be printed. A
# table of 60 that is not proven or takes over a second, one of 1,000 that takes over ten, and anything that
# the audit finds disclosed or leaves unsettled are failures. Writes tests/bench/SUPPRESS.md, in about a minute.
# Needs GNU time.
set -u
cd "$(dirname "$0")/../.." || exit 2
PATH=$(cd "$1/bin" && pwd):$PATH
pairs=${PAIRS:-3}
export LC_ALL=C
[ -x /usr/bin/time ] || { echo 'tests/bench/suppress.sh: GNU time is missing: make bench-peers' >&2; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
here=$PWD
cd "$work" || exit 1

make_table() { # ROWS COLUMNS LAYERS LARGEST: the same everywhere, from one seed
    awk -v rows="$1" -v columns="$2" -v layers="$3" -v most="$4" 'BEGIN {
        seed = 20240601
        print "row,column,layer,value"
        for (r = 1; r <= rows; r++) for (c = 1; c <= columns; c++) for (l = 1; l <= layers; l++) {
            seed = (seed * 16807) % 2147483647
            print r "," c "," l "," int(most * (seed / 2147483647) ^ 2)
        } }' | if [ "$3" = 1 ]; then cut -d, -f 1,2,4; else cat; fi
}
make_table 11 4 1 60 >two-60.csv
make_table 4 4 3 60 >three-100.csv
make_table 9 99 1 60 >two-1000.csv
make_table 9 9 9 200 >three-1000.csv

wrong=0
# Runs a command some times: the median of its seconds, and its memory, to $seconds and $memory; what it said
# to the file `said`.
measure() { # MEANING COMMAND…
    local meaning=$1 status i
    shift
    : >rounds
    for ((i = 0; i < pairs; i++)); do
        status=0
        /usr/bin/time -f '%U %M' -o spent "$@" 2>said || status=$?
        [ $status = 0 ] || [ $status = 3 ] || { echo "$meaning: exit $status" >&2; wrong=1; }
        tail -n 1 spent >>rounds
        awk '$1 > 3 { exit 1 }' rounds || break
    done
    read -r seconds memory <<<"$(sort -n rounds | sed -n "$((i / 2 + 1))p")"
}
outcome() { sed 's/^rk-suppress: //; s/^warning: //; s/, so that none can be worked out//' said | head -n 2 | paste -sd ';' | sed 's/;/; /g'; }
{
    echo '# Hiding figures'
    echo
    echo 'Written by `tests/bench/suppress.sh`: seconds of the processor, medians of '"$pairs"' rounds (one where it'
    echo 'takes over three).'
    echo
    echo '| table | what | seconds | MB | outcome |'
    echo '|---|---|---|---|---|'
    for table in two-60 three-100 two-1000 three-1000; do
        measure "$table" rk-suppress $table.csv -o shown.csv
        [ $table != two-60 ] || grep -q proven: said || { echo "$table: not proven" >&2; wrong=1; }
        awk -v s="$seconds" -v most="$([ $table = two-60 ] && echo 1 || echo 10)" 'BEGIN { exit s > most }' ||
            { echo "$table: $seconds s" >&2; wrong=1; }
        echo "| $table | hide | $seconds | $((memory / 1024)) | $(outcome) |"
        measure "$table" rk-suppress --audit shown.csv -o intervals.csv
        if ! grep -q 'none disclosed' said || grep -q 'wider than told' said; then
            echo "$table: not settled" >&2
            wrong=1
        fi
        echo "| | audit | $seconds | $((memory / 1024)) | $(outcome) |"
    done
} >SUPPRESS.md
cp SUPPRESS.md "$here/tests/bench/SUPPRESS.md"
cat SUPPRESS.md
exit $wrong
