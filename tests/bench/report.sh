#!/usr/bin/env bash
# J7: the month of a whole municipality, from tables to HTML: tests/bench/report.sh BUILD
#
# 1,000 recruitments and over 100,000 ratings. The report alone, and with the ranking and the measures that it tells of
# made before it. Every figure is the median of PAIRS rounds (5); the report must be the same bytes every time. Writes
# tests/bench/REPORT.md. Needs GNU time.
set -u
cd "$(dirname "$0")/../.." || exit 2
PATH=$(cd "$1/bin" && pwd):$PATH
pairs=${PAIRS:-5} pipelines=$PWD/share/pipelines here=$PWD
export LC_ALL=C
[ -x /usr/bin/time ] || { echo 'tests/bench/report.sh: GNU time is missing: make bench-peers' >&2; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
rk-simulate -q --seed j7 --recruitments 1000 --panelists 3000 -o town || exit 1
cat >all.sh <<END
set -e
rm -rf measures
rk-score -q --data town | rk-aggregate -q --data town -o town/ranking.csv -
rk-honorarium -q --data town -o town/honoraria.csv
sh "$pipelines/measures.sh" town 2024-12-31 measures
rk-report --data town --month 2024-06 -o all.html measures/*.csv
END
sh all.sh || exit 1
for ((round = 1; round <= pairs; round++)); do
    for job in 'sh all.sh' 'rk-report --data town --month 2024-06 -o report.html measures/*.csv'; do
        # shellcheck disable=SC2086 # the job is a command and its words
        /usr/bin/time -f '%e %U %S %M' -o measured $job || exit 1
        printf '%s %s\n' "${job%% *}" "$(cat measured)" >>figures
    done
    cmp all.html report.html || exit 1
done
{
    printf '# The monthly report\n\n%s rounds, %s cores, %s; %s. %s ratings. Medians.\n\n' "$pairs" "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: //p;T;q' /proc/cpuinfo)" "$(rk --version | head -n 1)" "$(($(wc -l <town/ratings.csv) - 1))"
    echo '| job | wall, s | CPU, s | memory, MB |'
    echo '|---|---|---|---|'
    for job in 'rk-report:tables to HTML' 'sh:scores, ranking, honoraria, measures and HTML'; do
        for column in 2 3 5; do
            awk -v job="${job%%:*}" -v column=$column '$1 == job {
                print column == 3 ? $3 + $4 : column == 5 ? $5 / 1024 : $2 }' figures | sort -n | sed -n "$(((pairs + 1) / 2))p"
        done | paste -sd' ' | awk -v name="${job#*:}" '{ printf "| %s | %.2f | %.2f | %.0f |\n", name, $1, $2, $3 }'
    done
} >"$here/tests/bench/REPORT.md"
cat "$here/tests/bench/REPORT.md"
