# The arrows between the rooms point down, and rooms of one floor do not know each other.
# cmd → panel, evening, score, survey, privacy, report, simulate, honorarium → stat → model → table → stream → base; tool
# is for cmd alone. So a domain room can be called by a test, a fuzzer or another program.
grep -nHoE '^#[[:space:]]*include[[:space:]]+"[^"]+"' cmd/*.[ch] lib/*/*.[ch] 2>/dev/null |
awk -F: '
BEGIN {
    split("base stream table model stat domain tool cmd", floors, " ")
    for (i in floors) floor[floors[i]] = i + 0
    split("panel evening score survey privacy report simulate honorarium", domain, " ")
    for (i in domain) floor[domain[i]] = floor["domain"]
}
{
    split($1, path, "/")
    from = path[1] == "cmd" ? "cmd" : path[2]
    if (split($3, quoted, "\"") < 2) next
    slash = index(quoted[2], "/")
    to = slash ? substr(quoted[2], 1, slash - 1) : from   # "own.h" lies in its own room
    where = $1 ":" $2 ": "
    if (!(from in floor)) print where "the house has no room " from
    else if (!(to in floor)) print where "the house has no room " to
    else if (from == to) next
    else if (to == "tool" && from != "cmd") print where from " includes tool, which only cmd may"
    else if (floor[to] > floor[from]) print where from " includes " to ", a floor above"
    else if (floor[to] == floor[from]) print where from " includes " to ", a room of its own floor"
}'
