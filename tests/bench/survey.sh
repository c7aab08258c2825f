#!/usr/bin/env bash
# How long a survey of 100,000 × 40 answers takes: tests/bench/survey.sh BUILD
#
# rk-survey over the wide table (a row per respondent) and the long one (4,000,000 rows), both reading, checking
# and summarising every item, and comparing two arms; beside them how long R takes to start, and to start with the
# package survey, before it has read anything (where they are there). Every figure is the median of PAIRS rounds
# (5). The two tables must give the same figures. Writes tests/bench/SURVEY.md. Needs GNU time.
set -u
cd "$(dirname "$0")/../.." || exit 2
PATH=$(cd "$1/bin" && pwd):$PATH
pairs=${PAIRS:-5}
export LC_ALL=C
[ -x /usr/bin/time ] || { echo 'tests/bench/survey.sh: GNU time is missing: make bench-peers' >&2; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
here=$PWD
cd "$work" || exit 1

awk 'function unit() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
    BEGIN { seed = 20240601; printf "respondent_id"
    for (i = 1; i <= 40; i++) printf ",q%d", i
    print ",arm"
    for (r = 1; r <= 100000; r++) {
        printf "r%d", r
        for (i = 1; i <= 40; i++) printf ",%d", 1 + int(5 * unit())
        print "," (r % 2 ? "a" : "b") } }' >wide.csv
awk -F, 'NR == 1 { for (i = 2; i <= 41; i++) q[i] = $i; print "survey,wave,respondent_id,item,value"; next }
    { for (i = 2; i <= 41; i++) print "s,1," $1 "," q[i] "," $i }' wide.csv >long.csv
items=$(seq -s, -f q%g 1 40)

cat >list <<END
wide, 100,000 × 40: rk-survey -q wide.csv --items $items -o wide.out
wide, two arms compared: rk-survey -q wide.csv --items $items --compare arm -o arms.out
long, 4,000,000 rows: rk-survey -q long.csv -o long.out
END
command -v Rscript >/dev/null && echo 'R starts: Rscript -e 1' >>list
Rscript -e 'library(survey)' >/dev/null 2>&1 && echo 'R starts with survey: Rscript -e library(survey)' >>list

for ((round = 1; round <= pairs; round++)); do
    while IFS= read -r job; do
        # shellcheck disable=SC2086 # the job is a command and its words
        /usr/bin/time -f '%e %U %S %M' -o measured ${job#*: } >said 2>&1 || { echo "fails: ${job%%: *}" >&2; exit 1; }
        printf '%s\t%s\t%s\n' "$round" "${job%%: *}" "$(tr ' ' '\t' <measured)" >>figures
    done <list
done
cmp <(sort wide.out) <(sort long.out) || { echo 'wide and long differ' >&2; exit 1; }

{
    echo '# Surveys'
    echo
    echo "$pairs rounds, $(nproc) cores, $(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo); $(rk --version | head -n 1). Medians."
    echo
    echo '| job | wall, s | CPU, s | memory, MB |'
    echo '|---|---|---|---|'
    while IFS= read -r job; do
        name=${job%%: *}
        for column in 3 4 6; do
            awk -F'\t' -v name="$name" -v column=$column '$2 == name {
                print column == 4 ? $4 + $5 : column == 6 ? $6 / 1024 : $column }' figures | sort -n | sed -n "$(((pairs + 1) / 2))p"
        done | paste -sd' ' | awk -v name="$name" '{ printf "| %s | %.2f | %.2f | %.0f |\n", name, $1, $2, $3 }'
    done <list
} >results
cat results
cp results "$here/tests/bench/SURVEY.md"
