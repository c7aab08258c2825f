# rk-retain's measures as the keys of the reference cases: awk -F, -v CASE=aml -v TYPE=log [-v SEX=1]. Of the two
# groups of a comparison, or of all.
BEGIN { FS = "," }
FNR == 1 { next }
{
    of = $2 == "" ? (GROUP == "" ? "all" : GROUP) : $2
    at = CASE "." of
    type = TYPE == "" ? "log" : TYPE
    none = "NA"
}
$4 == "retained" {
    at = at ".t" $3
    if (type == "log") {
        print at ".surv," $6
        print at ".nrisk," $10
        print at ".se," ($7 == "" ? none : $7)
    }
    print at "." type ".lower," ($8 == "" ? none : $8)
    print at "." type ".upper," ($9 == "" ? none : $9)
}
$4 == "people" { print at ".n," $6 }
$4 == "left" { print at ".events," $6 }
$4 == "restricted_mean" { print at ".rmean," $6; print at ".rmean.se," $7 }
$4 == "median" {
    if (type == "log")
        print at ".median," $6
    print at ".median." type ".lower95," ($8 == "" ? none : $8)
    print at ".median." type ".upper95," ($9 == "" ? none : $9)
}
$4 == "observed" { print CASE PART ".logrank." of ".obs," $6 }
$4 == "expected" { print CASE PART ".logrank." of ".exp," $6 }
$4 == "logrank" { print CASE PART ".logrank.chisq," $6 }
$4 == "logrank_p" { print CASE PART ".logrank.p," $6 }
$4 == "peto" { print CASE PART ".peto.chisq," $6 }
$4 == "peto_p" { print CASE PART ".peto.p," $6 }
$4 == "log_hazard_ratio" { print CASE PART ".cox.efron.beta," $6; print CASE PART ".cox.efron.se," $7 }
