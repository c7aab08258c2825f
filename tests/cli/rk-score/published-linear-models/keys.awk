# Rows of `estimates` as the keys of the reference's expected.csv: -v what=ols|reml|ml, names= the facets' there.
BEGIN { FS = ","; OFS = ","; OFMT = "%.15g"; split(names, word, " "); f["candidate"] = word[1]; f["rater"] = word[2]; f["criterion"] = word[3] }
FNR == 1 { next }
$8 == "parts" { print "connected.components", $10 }
what == "ols" {
    if ($8 == "mean") print "ols.mu", $10
    if ($8 == "residual_sd") print "ols.resid.sd", $10
    if ($8 == "residual_df") print "ols.resid.df", $10
    if ($8 == "r_squared") print "ols.r2", $10
    if ($8 == "f") print "ols.F." f[$6], $10
    if ($8 == "p") print "ols.p." f[$6], $10
    if ($8 == "effect") print "ols." f[$6] "." $7, $10
    if ($8 == "severity") print "ols." f[$6] "." $7, -$10
    if ($8 == "adjusted") print "ols.adjusted." $7, $10
    next
}
$8 == "mean" { print what ".intercept", $10; print what ".intercept.se", $11 }
$8 == "deviance" { print what ".deviance", $10; print what ".criterion", $10 }
$8 == "variance" { print what ".var." f[$6], $10 }
$8 == "residual_variance" { print what ".var.Residual", $10 }
$8 == "effect" || $8 == "severity" {
    print what ".blup." f[$6] "." $7, $8 == "effect" ? $10 : -$10
    print what ".blup.se." f[$6] "." $7, $11
}
