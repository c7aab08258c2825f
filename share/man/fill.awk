# Puts the sections that `rk-X --describe=man` printed (first file) in place of the lines
# @OPTIONS@, @COLUMNS@ and @EXAMPLES@ of a man page (second file). A section that the tool does not
# have leaves its line out.
BEGIN {
    place["OPTIONS"] = place["ALTERNATIV"] = place["FLAGGOR"] = place["VÄXLAR"] = "@OPTIONS@"
    place["COLUMNS"] = place["KOLUMNER"] = "@COLUMNS@"
    place["EXAMPLES"] = place["EXEMPEL"] = "@EXAMPLES@"
}
FILENAME == ARGV[1] && /^\.Sh / {
    title = substr($0, 5)
    if (!(title in place)) {
        print FILENAME ": no place for the section " title | "cat 1>&2"
        failed = 1
        exit 1
    }
    into = place[title]
}
FILENAME == ARGV[1] { section[into] = section[into] $0 "\n"; next }
/^@[A-Z]+@$/ { printf "%s", section[$0]; next }
{ print }
END { exit failed }
