# figures (round, program, wall, user, system, kB; tab-separated) to rows of a Markdown table of medians; the
# ratio is the wall time of the program named by `base` over the row's, round by round. A round has each once.
function median(name, what, n, i, j, t, v) {
    for (i = 1; i <= rounds; i++) v[i] = figure[i, name, what]
    for (i = 1; i < rounds; i++) for (j = i + 1; j <= rounds; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
    return rounds % 2 ? v[(rounds + 1) / 2] : (v[rounds / 2] + v[rounds / 2 + 1]) / 2
}
!($2 in seen) { seen[$2] = 1; order[++programs] = $2; shown[$2] = $2; sub(/\|/, "\\|", shown[$2]) }
{ rounds = $1; figure[$1, $2, "wall"] = $3; figure[$1, $2, "cpu"] = $4 + $5; figure[$1, $2, "memory"] = $6 / 1024
  figure[$1, $2, "ratio"] = $3 > 0 ? figure[$1, base, "wall"] / $3 : 0 }
END { for (i = 1; i <= programs; i++) { p = order[i]
    printf "| %s | %.2f | %.2f | %.0f | %.2f |\n", shown[p], median(p, "wall"), median(p, "cpu"), median(p, "memory"), median(p, "ratio") } }
