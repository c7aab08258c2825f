#!/usr/bin/env bash
# How long rankings take beyond the mean: tests/bench/ranking.sh BUILD
#
# Resamples of 20 candidates × 200 staff + 2,000 users, beside R's idiom (colMeans of resampled rows) where
# Rscript is there; Kemeny's order of 20 and 40 candidates from real-looking scores (a true quality, a
# taste of each rater's, marks from 1 to 10), and of 20 whom nobody tells apart. Every figure is the
# median of PAIRS rounds (5). Chances that differ from R's by more than chance are a failure, and so is an
# order not proven. Writes tests/bench/RANKING.md. Needs GNU time.
set -u
cd "$(dirname "$0")/../.." || exit 2
PATH=$(cd "$1/bin" && pwd):$PATH
pairs=${PAIRS:-5}
export LC_ALL=C
[ -x /usr/bin/time ] || { echo 'tests/bench/ranking.sh: GNU time is missing: make bench-peers' >&2; exit 2; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
here=$PWD
cd "$work" || exit 1

make_scores() { # CANDIDATES STAFF USERS NOISE LEVELS: the same everywhere, from one seed
    awk -v candidates="$1" -v staff="$2" -v users="$3" -v noise="$4" -v levels="$5" '
        function unit() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
        function normal(i, sum) { for (sum = i = 0; i < 12; i++) sum += unit(); return sum - 6 }
        BEGIN {
            seed = 20240601
            for (c = 0; c < candidates; c++) quality[c] = normal()
            print "candidate_id,rater_id,rater_group,score"
            for (r = 0; r < staff + users; r++)
                for (c = 0; c < candidates; c++) {
                    mark = int(levels * (0.5 + (quality[c] + noise * normal()) / (6 + 4 * noise))) + 1
                    mark = mark < 1 ? 1 : mark > levels ? levels : mark
                    printf "C%02d,r%d,%s,%d\n", c, r, r < staff ? "staff" : "user", mark
                }
        }'
}
make_scores 20 200 2000 1.5 100 >resample.csv
make_scores 20 9 31 1.5 10 >kemeny20.csv
make_scores 40 9 31 1.5 10 >kemeny40.csv
make_scores 40 200 2000 4 100 >kemeny40-noise.csv
make_scores 20 2 2 1 1 >alike.csv

cat >list <<'END'
20 × (200 + 2,000), 10,000 resamples: rk-aggregate -q --seed a --bootstrap 10000 --measures chances.csv resample.csv >out
the same, one thread: rk-aggregate -q -j 1 --seed a --bootstrap 10000 resample.csv >out
the same by Schulze: rk-aggregate -q --method schulze --seed a --bootstrap 10000 resample.csv >out
Kemeny, 20 candidates × 40 raters: rk-aggregate --method kemeny kemeny20.csv >out 2>said
Kemeny, 40 candidates × 40 raters: rk-aggregate --method kemeny kemeny40.csv >out 2>said
Kemeny, 40 candidates × 2,200 raters, little agreement: rk-aggregate --method kemeny kemeny40-noise.csv >out 2>said
Kemeny, 20 candidates all alike: rk-aggregate --method kemeny alike.csv >out 2>said
END
if command -v Rscript >/dev/null; then
    cat >resample.R <<'END'
d <- read.csv("resample.csv")
group <- function(g) with(d[d$rater_group == g, ], tapply(score, list(rater_id, candidate_id), mean))
s <- group("staff"); u <- group("user")
set.seed(1)
first <- numeric(20)
for (b in 1:10000) {
    x <- (colMeans(s[sample(nrow(s), replace = TRUE), ]) + colMeans(u[sample(nrow(u), replace = TRUE), ])) / 2
    best <- which(x > max(x) - 1e-9)
    first[best] <- first[best] + 1 / length(best)
}
write.csv(data.frame(candidate = colnames(s), p = first / 10000), "r.csv", row.names = FALSE, quote = FALSE)
END
    echo 'R, colMeans of resampled rows: Rscript --vanilla resample.R' >>list
fi

for ((round = 1; round <= pairs; round++)); do
    while IFS= read -r job; do
        /usr/bin/time -f '%e %U %S %M' -o measured bash -o pipefail -c "${job#*: }" || { echo "fails: $job" >&2; exit 1; }
        case $job in
            *kemeny*) grep -q 'orders that have it' said || { echo "not proven: $job" >&2; exit 1; } ;;
        esac
        printf '%s\t%s\t%s\n' "$round" "${job%%: *}" "$(tr ' ' '\t' <measured)" >>figures
    done <list
done
if [ -e r.csv ]; then # both are drawn: five standard errors of a difference
    awk -F, 'NR == FNR { if ($8 == "p_first") p[$5] = $10; next }
        FNR > 1 { d = p[$1] - $2; q = ($2 + p[$1]) / 2
            if (d * d > 25 * (2 * q * (1 - q) / 10000) + 1e-6) { print "R has other chances: " $0 ", got " p[$1]; bad = 1 } }
        END { exit bad }' chances.csv r.csv >&2 || exit 1
fi

{
    echo '# Rankings beyond the mean'
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
cp results "$here/tests/bench/RANKING.md"
