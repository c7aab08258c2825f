# A reader of CSV for awk, with quotes, commas and line ends in cells: put before a program, as in
#
#     awk "$(cat csv.awk)"' { print cell[at["item"]] } ' FILE
#
# Of each row after the header, cell[1…] are the cells, at[NAME] the place of a column. csv_cell(TEXT) is a
# text as a cell.
function csv_split(text,    n, i, value) {
    for (n = 0; ; text = substr(text, 2)) {
        value = ""
        if (substr(text, 1, 1) == "\"")
            while ((i = index(substr(text, 2), "\"")) > 0) {
                value = value substr(text, 2, i - 1)
                text = substr(text, i + 2)
                if (substr(text, 1, 1) != "\"") break
                value = value "\""
            }
        else {
            i = index(text, ",")
            value = i ? substr(text, 1, i - 1) : text
            text = i ? substr(text, i) : ""
        }
        cell[++n] = value
        if (substr(text, 1, 1) != ",") return n
    }
}
function csv_cell(value) {
    if (value !~ /[",\n\r]/) return value
    gsub(/"/, "\"\"", value)
    return "\"" value "\""
}
NR == 1 { sub(/^\357\273\277/, "") }
{
    csv_row = csv_held $0
    if (gsub(/"/, "\"", csv_row) % 2) { csv_held = csv_row "\n"; next }
    csv_held = ""
    sub(/\r$/, "", csv_row)
    csv_split(csv_row)
}
!csv_width { while ((csv_width + 1) in cell) at[cell[++csv_width]] = csv_width; next }
