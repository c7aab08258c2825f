# The measures of rk-adverse about the group FOCAL as key,value lines: CASE or the first column before the
# key. Figures of the group held against are `reference`.
BEGIN {
    FS = ","
    split("impact_ratio=impact_ratio under_four_fifths=four_fifths z/pooled=z_pooled z_p/pooled=z_pooled.p " \
          "fisher_p/two_sided=fisher.p fisher_p/less=fisher.p_less fisher_p/greater=fisher.p_greater " \
          "odds_ratio/sample=odds_ratio mid_p/less=midp_less chi_square/pearson=chisq chi_square_p/pearson=chisq.p " \
          "chi_square/yates=chisq_yates chi_square_p/yates=chisq_yates.p phi=phi cohen_h=cohen_h difference=diff " \
          "shortfall/four_fifths=shortfall_to_80pct shortfall/swap=swap_to_80pct shortfall/parity=shortfall_to_parity " \
          "odds_ratio/mantel_haenszel=mh.or chi_square/mantel_haenszel=mh.chisq chi_square_p/mantel_haenszel=mh.p " \
          "chi_square/mantel_haenszel_corrected=mh.chisq_cc chi_square_p/mantel_haenszel_corrected=mh.p_cc " \
          "chi_square/woolf=woolf.chisq chi_square_p/woolf=woolf.p", pairs, " ")
    for (i in pairs) { at = index(pairs[i], "="); name[substr(pairs[i], 1, at - 1)] = substr(pairs[i], at + 1) }
    print "key,value"
}
{
    prefix = BY ? $1 "." : CASE
    value = $(BY + 2); measure = $(BY + 4); variant = $(BY + 5); estimate = $(BY + 6)
}
measure == "rate" { print prefix "rate." (value == FOCAL ? "focal" : "reference") "," estimate }
value != FOCAL { next }
{
    key = name[measure (variant == "" ? "" : "/" variant)]
    if (key == "") next
    if (key ~ /^(mh|woolf)/) prefix = ""
    if (key == "four_fifths") estimate = estimate ? "adverse" : "ok"
    print prefix key "," estimate
    if ($(BY + 8) != "") print prefix key ".lower95," $(BY + 8) "\n" prefix key ".upper95," $(BY + 9)
}
