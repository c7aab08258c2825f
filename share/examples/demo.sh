#!/bin/sh
# From a coordinator's files to the reports, each command printed as one would type it:
#     sh share/examples/demo.sh BIN OUT        (make demo: build/bin out/demo)
# Stops at the first failure. All it makes stands in OUT.
set -eu
bin=${1:?usage: demo.sh BIN OUT} out=${2:?usage: demo.sh BIN OUT}
PATH=$(cd "$bin" && pwd):$PATH
files=$(dirname "$0")
rubrics=$(dirname "$files")/rubrics
data=$out/data
sheets=$out/sheets

# The command line that its arguments make; | and > are the shell's.
line() {
    for word; do
        case $word in
            '|') printf '|\n    ' ;;
            '>') printf '> ' ;;
            *[!A-Za-z0-9_./:=,+-]* | '') printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")" ;;
            *) printf '%s ' "$word" ;;
        esac
    done
}
run() {
    command=$(line "$@")
    printf '$ %s\n' "${command% }"
    eval "$command"
}
step() { printf '\n# %s\n' "$1"; }

step 'A fresh folder'
run rm -rf "$data" "$sheets" "$out/evaluation" "$out/measures"
for language in sv en; do # what is recorded is published, and would not be replaced
    run rm -f "$out/report.$language.record.json" "$out/manager.$language.record.json"
done
run mkdir -p "$data" "$sheets"
run cp -R "$rubrics" "$data/rubrics"

step "The coordinator's files become tables: Windows-1252, semicolons, Swedish words, a workbook of three sheets"
import() { # TABLE FILE [OPTION …]
    table=$1 file=$2
    shift 2
    run rk-import --table "$table" --map-file "$files/karta.json" "$@" "$files/$file" -o "$data/$table.csv"
}
import panelists brukarbank.csv
import recruitments rekryteringar.csv
import sessions tider.csv
import availability tillganglighet.csv
import candidates kandidater.xlsx --sheet Kandidater
import decisions kandidater.xlsx --sheet Beslut --header 3
import hires kandidater.xlsx --sheet Anställningar
import raters bedomare.csv
import conflicts jav.csv
import assignments uppdrag.csv
import events handelser.csv
import contributions bidrag.csv
import activities insatser.csv
import statements yttranden.csv
import costs kostnader.csv
import indicators nyckeltal.csv
import responses enkatsvar.csv
import respondents svarande.csv

step 'The score sheets: a column per criterion, a column per rater, one joint sheet'
by_criterion() { # RUBRIC STAGE FILE
    run rk-import --table ratings --wide criteria --rubric "$rubrics/$1.json" \
        --raters "$data/raters.csv" --set "stage=$2" --set basis=individual --set n_persons=1 \
        "$files/$3.csv" -o "$sheets/$3.csv"
}
by_rater() { # STAGE FILE
    run rk-import --table ratings --wide raters --map-file "$files/karta.json" \
        --raters "$data/raters.csv" --set "stage=$1" --set basis=individual --set n_persons=1 \
        "$files/$2.csv" -o "$sheets/$2.csv"
}
by_criterion amf application amf-ansokan
by_criterion amf interview amf-intervju
by_criterion sof application sof-ansokan
by_criterion sof interview sof-intervju
by_rater application sff-ansokan
by_rater interview sff-intervju
run rk-import --table ratings --wide criteria --rubric "$rubrics/sff.json" \
    --raters "$data/raters.csv" --set stage=interview --set basis=consensus \
    "$files/sff-ungdomskvall.csv" -o "$sheets/sff-ungdomskvall.csv"
run awk 'FNR > 1 || NR == 1' "$sheets"/*.csv '>' "$data/ratings.csv"

step 'Do the tables hold together?'
run rk-validate --require-declarations "$data"

step "Panels for the autumn's open recruitments"
status=0
run rk-panel-match --data "$data" --seed midsummer-2020 --explain "$out/explain.csv" \
    -o "$out/panels.csv" || status=$?
[ "$status" = 3 ] || { echo "demo: exit $status where 3 was expected" >&2; exit 1; }
echo '(exit 3, as expected: done, but a person is needed, since seats stay empty. Why:)'
run awk -F, 'NR > 1 && $NF != "" {print $NF}' "$out/explain.csv"

step "Ratings become scores, scores one ranking: users' voice weighs as much as staff's"
run rk-score --data "$data" '|' rk-aggregate --data "$data" -o "$data/ranking.csv" -

step 'What users are paid, and the measures of the monthly report'
run rk-honorarium --data "$data" -o "$data/honoraria.csv"
run sh "$(dirname "$files")/pipelines/measures.sh" "$data" 2020-06-30 "$out/measures"

step 'The monthly report'
for language in sv en; do
    run rk-report --data "$data" --month 2020-01..2020-06 --lang "$language" \
        -o "$out/report.$language.html" --record "$out/report.$language.record.json" "$out"/measures/*.csv
    run rk-report --data "$data" --month 2020-01..2020-06 --lang "$language" --to markdown \
        -o "$out/report.$language.md" "$out"/measures/*.csv
done

step 'One recruitment, for its manager: how sure is the ranking, and where do the groups differ?'
run rk-score --data "$data" '|' rk-aggregate --data "$data" --bootstrap 2000 --seed midsummer-2020 \
    --measures "$out/sure.csv" -o "$out/ranking.csv" -
for language in sv en; do
    run rk-report --spec recruitment --recruitment SOF-2020-01 --lang "$language" \
        -o "$out/manager.$language.html" --record "$out/manager.$language.record.json" "$out/sure.csv"
done

step 'Forms on paper for the next interviews'
for language in sv en; do
    run rk-report --spec score-form --rubric sof --stage interview --codes 'B1|B2|B3' --lang "$language" \
        -o "$out/forms.$language.html"
done

step 'The evaluation: nine questions, each with its tables, in two languages and four forms'
run sh "$(dirname "$files")/pipelines/evaluation.sh" "$data" 2020-06-30 "$out/evaluation"

step 'Is what is published what its files give?'
run rk-report --verify "$out/report.sv.record.json"
run rk-report --verify "$out/manager.sv.record.json"
run rk-report --verify "$out/evaluation/1.sv.record.json"

printf '\nMade, to be opened in a browser:\n    %s\n    %s\n' "$out/report.sv.html" "$out/report.en.html"
printf '    %s\n    %s\n' "$out/manager.sv.html" "$out/manager.en.html" "$out/forms.sv.html" "$out/forms.en.html"
printf '    %s … %s\n' "$out/evaluation/1.sv.html" "$out/evaluation/9.en.html"
printf 'and as text:\n    %s\n    %s\n' "$out/report.sv.md" "$out/report.en.md"
