#!/bin/sh
# The whole evaluation of a data package: nine questions, each a report with its tables, in Swedish and
# English, as HTML, LaTeX, Markdown and CSV, and the measures they are picked from. Beside each HTML stands its
# record, 1.sv.record.json, for rk-report --verify.
#
#     sh evaluation.sh DATA DAY OUT
#
# DATA is a folder with a table in each file (rk-data(7)), DAY the day on which everything is told as it was
# known. rk's tools are on PATH. What a table of DATA does not hold is told as missing; what fails leaves no
# OUT behind. The measures are in OUT/measures/, of which share/reports/evaluation-*.json pick. Also read,
# where they are there: series.csv (applicants over time) and targets.csv (whom the bank should mirror).
set -eu
# shellcheck source=share/pipelines/begin.sh
. "$(dirname "$0")/begin.sh"
mkdir -p "$part/measures"
measures=$part/measures
csv=$(cat "$(dirname "$0")/csv.awk")
tell() { printf '%s\n' "evaluation: $1"; }

# 1 who is chosen
changed=
if command -v rk-impact >/dev/null && has ratings; then
    tell 'the voice of each group: rk-impact'
    run rk-impact -q --data "$data" --measures "$measures/impact.csv" -o "$part/impact.csv"
    run rk-impact -q --data "$data" --by department --measures "$measures/impact-departments.csv" \
        -o "$part/departments.csv"
    rm "$part/departments.csv"
    # recruitments that would have another first without the users, by all stages or the last
    changed=$(LC_ALL=C awk "$csv"'
        cell[at["decides"]] == "true" && cell[at["rater_group"]] == "user" && cell[at["first_changed"]] == "yes" {
            id = cell[at["recruitment_id"]]
            if (!seen[id]++) list = list (list == "" ? "" : ",") id }
        END { print list }' "$part/impact.csv")
    set -- --changed "$changed"
else
    tell 'rk-impact is not there: its tables are told as missing'
    set --
fi

# 4, 8 and 9 what happened, and what it cost
if has recruitments; then
    tell 'stages, days, costs: rk-follow'
    run rk-follow -q --data "$data" --as-of "$day" --by department,rubric,advert "$@" -o "$measures/follow.csv"
    run rk-follow -q --data "$data" --as-of "$day" --waiting -o "$part/waiting.csv"
fi

# 2, 3, 4, 5 and 8 what people say: each survey by its codebook
if has responses; then
    tell 'surveys: rk-survey'
    for survey in effects advert users organisations staff managers candidates hires commissioners clients \
        unions employer; do
        run rk-survey -q --data "$data" --survey "$survey" --codebook "$survey" --by actor --full \
            -o "$measures/$survey.csv"
        # nobody answered: what the reports pick is not there
        [ "$(wc -l <"$measures/$survey.csv")" -gt 1 ] || rm "$measures/$survey.csv"
    done
    run rk-survey -q --data "$data" --survey advert --codebook advert --compare arm -o "$measures/advert-arms.csv"
    if [ -e "$measures/employer.csv" ]; then
        work=work_strengths,work_difference,work_again lead=lead_why,lead_asks,lead_contradict
        aim=aim_known,aim_users,aim_mend
        run rk-survey -q --data "$data" --survey employer --codebook employer --scale "work=$work" \
            --scale "leading=$lead" --scale "direction=$aim" --scale "engagement=$work,$lead,$aim" \
            -o "$measures/engagement.csv"
    fi
    if LC_ALL=C awk "$csv"' cell[at["survey"]] == "staff" { of[cell[at["wave"]]] = 1 }
        END { exit !(("before" in of) && ("after" in of)) }' "$data/responses.csv"; then
        run rk-survey -q --data "$data" --survey staff --codebook staff --before before --after after \
            -o "$measures/staff-change.csv"
    fi
fi
if has series; then
    tell 'applicants over time: rk-survey'
    run rk-survey -q --series "$data/series.csv" -o "$measures/series.csv"
fi

# open answers: what two coders found in each, a row per answer, coder and theme
if has themes; then
    tell 'open answers: rk-agree and rk-survey'
    sh "$(dirname "$0")/themes.sh" "$data/themes.csv" "$measures"
fi

# 6 who is represented
if has panelists; then
    tell 'the user bank: rk-panel-cover'
    run rk-panel-cover -q --data "$data" --as-of "$day" -o "$measures/cover.csv"
fi

# 7 who stays
if has hires; then
    tell 'hires: rk-retain'
    set --
    if has responses && LC_ALL=C awk "$csv"' cell[at["survey"]] == "hires" { of[cell[at["item"]]] = 1 }
        END { exit !(("promised_users" in of) && ("found_users" in of)) }' "$data/responses.csv"; then
        set -- --gap promised_users,found_users
    fi
    run rk-retain -q --data "$data" --as-of "$day" "$@" -o "$measures/retain.csv"
    run rk-retain -q --data "$data" --as-of "$day" --times steps -o "$measures/retain-steps.csv"
fi

[ -n "$(ls "$measures")" ] || { echo "evaluation.sh: $data has none of the tables" >&2; exit 1; }
for question in 1 2 3 4 5 6 7 8 9; do
    for language in sv en; do
        for form in html latex markdown csv; do
            case $form in latex) end=tex ;; markdown) end=md ;; *) end=$form ;; esac
            case $form in html) set -- --record "$part/$question.$language.record.json" ;; *) set -- ;; esac
            run rk-report --spec "evaluation-$question" --lang "$language" --to "$form" \
                -o "$part/$question.$language.$end" "$@" "$measures"/*.csv
        done
    done
done
mv "$part" "$out"
trap - EXIT
tell "made in $out: 1.sv.html … 9.en.csv"
