#!/bin/sh
# Open answers that two or more people have read and coded: how well the coders agree, theme by theme, and how
# many answers have each theme.
#
#     sh themes.sh THEMES OUT
#
# THEMES is the table themes (rk-data(7)), CSV, JSON or a spreadsheet: a row for each theme that a coder found in
# an answer, and one with an empty theme where there was none.
# Makes OUT/theme-agreement.csv (rk-agree: Cohen's kappa and the share agreed, with intervals; theme by theme)
# and OUT/theme-counts.csv (rk-survey: the share of answers with each theme, by coder, with Wilson's interval).
set -eu
[ $# -eq 2 ] || { echo 'usage: themes.sh THEMES OUT' >&2; exit 2; }
csv=$(cat "$(dirname "$0")/csv.awk") out=$2
themes=$(mktemp) long=$(mktemp) wide=$(mktemp)
trap 'rm -f "$themes" "$long" "$wide"' EXIT
rk-import -q --table themes --drop-unknown -o "$themes" "$1"
# every answer that a coder has read has a 0 or a 1 from that coder for every theme of the item
expand() { # wide or long
    LC_ALL=C awk -v form="$1" "$csv"'
        { item = cell[at["item"]]; theme = cell[at["theme"]]
            read = item SUBSEP cell[at["respondent_id"]] SUBSEP cell[at["coder"]]
            if (!(read in known)) { known[read] = 1; reads[++count] = read }
            if (theme != "") { has[read, theme] = 1
                if (!((item, theme) in listed)) { listed[item, theme] = 1; of[item, ++n[item]] = theme } } }
        END {
            print form == "long" ? "criterion,candidate_id,rater_id,score" : "theme,respondent,coder,present"
            for (r = 1; r <= count; r++) { split(reads[r], part, SUBSEP)
                for (t = 1; t <= n[part[1]]; t++) { theme = of[part[1], t]
                    print csv_cell(part[1] ": " theme) "," csv_cell(part[2]) "," csv_cell(part[3]) "," \
                        ((reads[r], theme) in has) } } }
    ' "$themes"
}
expand long >"$long"
expand wide >"$wide"
rk-agree -q --by criterion --measures cohen,percent "$long" -o "$out/theme-agreement.csv" || [ $? -eq 3 ]
rk-survey -q --items present --full --by theme,coder "$wide" -o "$out/theme-counts.csv" || [ $? -eq 3 ]
