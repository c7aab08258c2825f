#!/usr/bin/env bash
# How long hiding takes: tests/bench/suppress.sh BUILD
#
# Tables of 60, 100 and 1,000 figures with their totals, in two and three dimensions, from a formula. Every
# figure is the median of PAIRS rounds (5). A table of 60 not proven, one of 1,000 that takes over ten
# seconds, and anything that the audit finds disclosed are failures. Writes tests/bench/SUPPRESS.md.
# Needs GNU time.
set -u
cd "$(dirname "$0")/../.." || exit 2
PATH=$(cd "$1/bin" && pwd):$PATH
pairs=${PAIRS:-5}
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
{
    echo '# Hiding figures'
    echo
    echo 'Written by `tests/bench/suppress.sh`; medians of '"$pairs"' rounds.'
    echo
    echo '| table | seconds | MB | outcome |'
    echo '|---|---|---|---|'
    for table in two-60 three-100 two-1000 three-1000; do
        for ((i = 0; i < pairs; i++)); do
            status=0
            /usr/bin/time -f '%e %M' -o time rk-suppress $table.csv -o shown.csv 2>said || status=$?
            [ $status = 0 ] || [ $status = 3 ] || echo "rk-suppress $table.csv: exit $status" >>failed
            tail -n 1 time
        done | sort -n >sorted
        read -r seconds memory <<<"$(sed -n "$((pairs / 2 + 1))p" sorted)"
        rk-suppress $table.csv -o shown.csv 2>said
        rk-suppress -q --audit shown.csv -o intervals.csv || { echo "$table: disclosed" >&2; wrong=1; }
        [ $table != two-60 ] || grep -q proven: said || { echo "$table: not proven" >&2; wrong=1; }
        awk -v s="$seconds" 'BEGIN { exit s > 10 }' || { echo "$table: $seconds s" >&2; wrong=1; }
        echo "| $table | $seconds | $((memory / 1024)) | $(sed 's/^rk-suppress: //; s/^warning: //' said | head -n 2 | paste -sd ';' | sed 's/;/; /g') |"
    done
} >SUPPRESS.md
cp SUPPRESS.md "$here/tests/bench/SUPPRESS.md"
cat SUPPRESS.md
[ ! -s failed ] || { cat failed >&2; wrong=1; }
exit $wrong
