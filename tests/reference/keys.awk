# Turns the output of rk-agree --by none into the `key,value` lines of a reference case's expected.csv, for
# its check_expected.awk. Several keys may name one number.
BEGIN {
    FS = ","
    same["nominal"] = "unweighted"; same["interval"] = "quadratic"; same["ratio"] = "ratio"
    same["polar"] = "bipolar"; same["circular"] = "circular"
}
NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
function say(key, column) { if ($at[column] != "") print prefix key "," $at[column] }
function chance(key) {
    say(key ".value", "estimate"); say(key ".se", "se"); say(key ".lower95", "low"); say(key ".upper95", "high")
    say(key ".pa", "observed"); say(key ".pe", "expected"); say(key ".p", "p")
}
function interval(key) { say(key ".value", "estimate"); say(key ".lower95", "low"); say(key ".upper95", "high") }
function test(key) { say(key ".chisq", "statistic"); say(key ".df", "df1"); say(key ".p", "p") }
{ measure = $1; variant = $2; method = $at["method"] }
measure == "percent_agreement" { chance("cac." variant ".pa") }
measure == "fleiss_kappa" && variant !~ /^category/ {
    chance("cac." variant ".fleiss")
    if ($at["se_null"] != "") {
        say("fleiss.value", "estimate"); say("fleiss.se0", "se_null")
        printf "%sfleiss.z,%.12g\n", prefix, $at["estimate"] / $at["se_null"]
    }
}
measure == "fleiss_kappa" && variant ~ /^category/ {
    sub(/:/, ".", variant); say("fleiss." variant ".value", "estimate"); say("fleiss." variant ".p", "expected")
}
measure == "conger_kappa" { chance("cac." variant ".conger"); if (variant == "unweighted") say("conger.value", "estimate") }
measure == "light_kappa" && variant == "unweighted" { say("light.value", "estimate") }
measure == "scott_pi" { chance("cac." variant ".scott") }
measure == "brennan_prediger" { chance("cac." variant ".bp") }
measure ~ /^gwet_ac/ { chance("cac." variant ".gwet"); chance("cac." variant ".gwet.ac1") }
measure == "krippendorff_alpha_weighted" && method !~ /irrCAC/ { if (!packages) chance("cac." variant ".krippen") }
measure == "krippendorff_alpha_weighted" && method ~ /irrCAC/ { chance("cac." variant ".krippen") }
measure == "krippendorff_alpha" {
    say("krippendorff." variant ".value", "estimate")
    if (variant in same && !packages) chance("cac." same[variant] ".krippen")
}
measure == "cohen_kappa" {
    say("cac." variant ".kappa.value", "estimate"); say("cac." variant ".kappa.se", "se"); say("cac." variant ".kappa.p", "p")
    name = variant == "custom" ? custom : variant
    say("kappa." name ".value", "estimate"); say("kappa." name ".se", "se"); say("kappa." name ".se0", "se_null")
    say("kappa." name ".po", "observed"); say("kappa." name ".pe", "expected")
    say("kappa." name ".lower95", "low"); say("kappa." name ".upper95", "high")
    sub(/linear/, "equal", name); sub(/quadratic/, "squared", name); say("irr.kappa2." name ".z0", "statistic")
}
measure == "stuart_maxwell" { test(measure) }
measure == "bhapkar" { test(measure); test("irr.bhapkar") }
measure == "bowker" { test("mcnemar_bowker") }
measure == "rater_bias" { say("rater_bias.value", "estimate"); say("rater_bias.chisq", "statistic") }
measure == "icc" && method != "irrNA-0.2.3" && method !~ /^reml/ && variant !~ /^mixed/ {
    sub(/random:/, "", variant); family = method == "anova" ? "icc." : "iccNA."
    if (method != "anova" && variant == "Ak" && packages) next
    if (method == "ebel-1951") say("icc." variant ".value", "estimate")
    interval(family variant); say(family variant ".p", "p")
    say(family variant ".F", "statistic"); say(family variant ".df1", "df1"); say(family variant ".df2", "df2")
}
measure == "icc" && method == "irrNA-0.2.3" && variant ~ /^random/ { interval("iccNA.Ak"); say("iccNA.Ak.p", "p") }
measure == "icc" && method == "reml" { if (sub(/random:/, "", variant)) say("lmer.icc." variant, "estimate") }
measure == "mean" { say("mean", "estimate"); say("n", "n") }
measure == "standard_deviation" { say("sd", "estimate") }
measure == "icc_bliese" { say("ICC" variant suffix, "estimate") }
measure == "cronbach_alpha" && variant == "" { say("cronbach.alpha", "estimate"); say("alpha.raw", "estimate"); say("published.alpha", "estimate") }
measure == "cronbach_alpha" && variant == "standardized" { say("alpha.std", "estimate") }
measure == "cronbach_alpha" && sub(/^without:/, "", variant) { say("drop." variant, "estimate") }
measure == "rest_correlation" { say("r_drop." variant, "estimate") }
measure == "mean_square" {
    name = variant == "candidate" ? "MSR" : variant == "rater" ? "MSC" : variant == "residual" ? "MSE" : variant == "within" ? "MSW" : "MSB"
    say("anova." name, "estimate"); say("aov." name suffix, "estimate"); if (prefix) say(name, "estimate")
}
measure == "eta_squared" { say("aov.F" suffix, "statistic"); if (prefix) { say("F", "statistic"); say("R2", "estimate") } }
measure == "icc" && variant == "1" && method == "anova" { if (prefix) say("icc1", "estimate") }
measure == "variance" && method == "anova" { name = variant; sub(/candidate/, "subject", name); sub(/residual/, "resid", name); say("var." name, "estimate") }
measure == "variance" && method == "reml" { name = variant; sub(/candidate/, "subject", name); sub(/residual/, "resid", name); say("lmer.REML.var." name, "estimate") }
measure == "variance" && method == "reml-one-way" {
    if (suffix) say("lmer.REML.var." (variant == "between" ? "group" : "resid") suffix, "estimate")
    say("reml.var." (variant == "between" ? "batch" : "Residual"), "estimate")
}
measure == "variance" && method == "anova-additive" { name = variant; sub(/criterion/, "trait", name); sub(/residual/, "Residual", name); say("reml.var." name, "estimate") }
measure == "ratings_per_candidate" { say("k0", "estimate") }
measure == "standard_error_of_measurement" { say("sem." variant, "estimate") }
measure == "kendall_w" {
    if (variant == "missing") { say("kendallNA.W", "estimate"); say("kendallNA.chisq", "statistic"); say("kendallNA.p", "p") }
    else if (method == "chi-square") { name = variant == "ties" ? "kendall.Wt" : "kendall.W"; say(name ".value", "estimate"); test(name); if (variant == "ties") { test("friedman"); say("kendall.Wt", "estimate"); say("kendall.chisq", "statistic") } }
    else { say("kendall.Wt.F", "statistic"); say("kendall.Wt.F.df1", "df1"); say("kendall.Wt.F.df2", "df2"); say("kendall.Wt.F.p", "p") }
}
measure == "mean_correlation" { name = variant == "pearson" ? "meancor" : "meanrho"; if (method == "fisher-z") say(name ".value", "estimate"); else if (variant == "pearson") say("alpha.mean_r", "estimate"); else if (variant == "spearman") say("spearman.mean_pairwise", "estimate") }
measure == "rwg" { say("rwg" suffix ".mean", "estimate") }
measure == "average_deviation" && variant == "mean" { say("ad.m" suffix ".mean", "estimate") }
measure == "finn" { sub(/-/, "", variant); say("finn." variant ".slev6", "estimate") }
measure == "robinson_a" { say("robinson.A", "estimate") }
measure == "agreement_within" { sub(/tolerance:/, "tol", variant); print "agree." variant ".percent," 100 * $at["estimate"] }
