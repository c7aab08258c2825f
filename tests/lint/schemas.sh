# Every column of every schema is described in both languages, and rk-data(7) names every table.
# The descriptions are the COLUMNS of the man pages and all a municipality has to map its own file by.
for schema in share/schema/*.json; do
    jq -r --arg file "$schema" '
        select(.fields)
        | ((if .title and ."rk:title-sv" then empty else "\($file): no title in both languages" end),
           (.fields[] | select((.description and ."rk:description-sv") | not)
                      | "\($file): \(.name): not described in both languages"))' "$schema" || echo "$schema: not JSON"
done
for page in share/man/man7/rk-data.7.in share/man/sv/man7/rk-data.7.in; do
    for table in $(jq -r 'select(.fields) | .name' share/schema/*.json); do
        grep -qx "\.It Cm $table" "$page" || echo "$page: the table $table is not there"
    done
done
