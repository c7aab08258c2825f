# Keys recovery.* and top10pct.* from the truths, then scores, then estimates: -v how=additive|random.
BEGIN { FS = OFS = ","; OFMT = "%.15g" }
FNR == 1 { file++; for (i = 1; i <= NF; i++) at[$i] = i; next }
file == 1 { truth[$1] = $2; people++ }
file == 2 { strict[$1] = $2 }
file == 3 { sum[$at["candidate_id"]] += $at["score"]; n[$at["candidate_id"]]++ }
file == 4 && $at["facet"] == "candidate" && $at["measure"] == "adjusted" { adjusted[$at["element"]] = $at["estimate"] }
file == 4 && $at["measure"] == "severity" { severity[$at["element"]] = $at["estimate"] }
function pearson(x, y,   k, n, a, b, c, d, e) {
    for (k in x) { n++; a += x[k]; b += y[k] }
    a /= n; b /= n
    for (k in x) { c += (x[k] - a) * (y[k] - b); d += (x[k] - a) ^ 2; e += (y[k] - b) ^ 2 }
    return c / sqrt(d * e)
}
function rank(x, to,   k, j, below, same) {
    for (k in x) {
        below = same = 0
        for (j in x) { below += x[j] < x[k] - 1e-9; same += x[j] <= x[k] + 1e-9 && x[j] >= x[k] - 1e-9 }
        to[k] = below + (same + 1) / 2
    }
}
function tell(name, x,   k, best, found) {
    print "recovery.pearson." name, pearson(truth, x)
    rank(x, ranks)
    # three pairs of candidates are equal by least squares, which in R rounding puts in an order: 0.9081916 to 0.9082242
    if (name != "ols") print "recovery.spearman." name, pearson(true_ranks, ranks)
    for (k in x) if (true_ranks[k] > people * 0.9) { best++; found += ranks[k] > people * 0.9 }
    if (name == "blup") print "top10pct.overlap." name, found / best
}
END {
    rank(truth, true_ranks)
    for (k in sum) raw[k] = sum[k] / n[k]
    if (how == "random") tell("raw", raw)
    tell(how == "random" ? "blup" : "ols", adjusted)
    if (how == "random") print "recovery.pearson.severity", pearson(strict, severity)
}
