# Every tool has man pages in both languages, golden cases, rows in both fault tables, completions.
# A tool without them is not done, however well it runs on the machine of whoever wrote it.
need() { [ -s "$1" ] || echo "$tool: no $1"; }
row() { grep -qE "^$tool([[:space:]]|\$)" "$1" || echo "$tool: no row in $1"; }
for source in cmd/*.c; do
    tool=$(basename "$source" .c)
    need "share/man/man1/$tool.1.in"
    need "share/man/sv/man1/$tool.1.in"
    need "completions/bash/$tool"
    need "completions/zsh/_$tool"
    need "completions/fish/$tool.fish"
    ls "tests/cli/$tool"/*/cmd >/dev/null 2>&1 || echo "$tool: no golden case in tests/cli/$tool"
    row tests/faults/write-errors
    row tests/faults/read-errors
done
