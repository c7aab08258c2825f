# Rows of `estimates` as the keys of the reference's expected.csv: -v what=jml, or the prefix of a marginal model.
BEGIN { FS = ","; OFS = "," }
FNR == 1 { next }
what == "jml" {
    facet = $6 == "criterion" ? word : $6
    if ($8 == "log_likelihood") print "jml.loglik", $10
    if ($8 == "threshold") print "jml.threshold." $9, $10
    if ($8 == "ability" || $8 == "severity" || $8 == "difficulty") {
        print "jml." facet "." $7 ".measure", $10
        print "jml." facet "." $7 ".se", $11
    }
    if ($8 == "infit" || $8 == "outfit") print "jml." facet "." $7 "." $8, $10
    if ($8 == "fair_average") print "jml." facet "." $7 ".fairM", $10
    if ($8 == "observed_average") print "jml." facet "." $7 ".obsavg", $10
    next
}
$8 == "deviance" { print what ".deviance", $10 }
$8 == "variance" { print what ".var.theta", $10 }
$8 == "eap_reliability" { print what ".eap.reliability", $10 }
$8 == "ability" { print what ".eap." $7, $10; print what ".eap.sd." $7, $11 }
$8 == "severity" { print what ".rater." prefix $7, $10 }
$8 == "difficulty" { number[$7] = ++items; print what ".item." (prefix == "" ? items : $7), $10 }
$8 == "threshold" {
    if (!($7 in set)) set[$7] = ++sets
    print what ".tau." ($7 == "" ? "" : set[$7] ".") $9, $10
}
