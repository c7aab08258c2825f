#!/bin/sh
# Open answers that two or more people have read and coded: how well the coders agree, theme by theme, and how
# many answers have each theme.
#
#     sh themes.sh THEMES OUT
#
# THEMES is a CSV file with the columns item, respondent_id, coder and theme in any order, no cell with a comma
# in it: a row for each theme that a coder found in an answer, and one with an empty theme where there was none.
# Makes OUT/theme-agreement.csv (rk-agree: Cohen's kappa and the share agreed, with intervals; theme by theme)
# and OUT/theme-counts.csv (rk-survey: the share of answers with each theme, by coder, with Wilson's interval).
set -eu
[ $# -eq 2 ] || { echo 'usage: themes.sh THEMES OUT' >&2; exit 2; }
themes=$1 out=$2
long=$(mktemp) wide=$(mktemp)
trap 'rm -f "$long" "$wide"' EXIT
# every answer that a coder has read has a 0 or a 1 from that coder for every theme of the item
expand() { # wide or long
    awk -F, -v form="$1" '
        NR == 1 { sub(/^\357\273\277/, ""); sub(/\r$/, "")
            for (i = 1; i <= NF; i++) at[$i] = i
            split("item respondent_id coder theme", want, " ")
            for (i = 1; i <= 4; i++) if (!(want[i] in at)) {
                print "themes.sh: " FILENAME ": no column " want[i] >"/dev/stderr"; bad = 1; exit 1 }
            width = NF; next }
        { sub(/\r$/, "") }
        NF != width { print "themes.sh: " FILENAME ": line " NR ": not as many cells as the header" >"/dev/stderr"
            bad = 1; exit 1 }
        { item = $at["item"]; theme = $at["theme"]
            read = item "," $at["respondent_id"] "," $at["coder"]
            if (!(read in known)) { known[read] = 1; reads[++count] = read }
            if (theme != "") { has[read "," theme] = 1
                if (!((item "," theme) in listed)) { listed[item "," theme] = 1; of[item, ++n[item]] = theme } } }
        END { if (bad) exit 1
            print form == "long" ? "criterion,candidate_id,rater_id,score" : "theme,respondent,coder,present"
            for (r = 1; r <= count; r++) { split(reads[r], part, ",")
                for (t = 1; t <= n[part[1]]; t++) { theme = of[part[1], t]
                    print part[1] ": " theme "," part[2] "," part[3] "," ((reads[r] "," theme) in has) } } }
    ' "$themes"
}
expand long >"$long"
expand wide >"$wide"
rk-agree -q --by criterion --measures cohen,percent "$long" -o "$out/theme-agreement.csv" || [ $? -eq 3 ]
rk-survey -q --items present --full --by theme,coder "$wide" -o "$out/theme-counts.csv" || [ $? -eq 3 ]
