# The pipeline in README works as it stands, and README names every tool.
# It is the first thing anybody types; the second is goodbye.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
awk '/^## A pipeline/ { inside = 1; next } /^#/ { inside = 0 } inside && sub(/^    /, "")' README.md >"$work/lines"
[ -s "$work/lines" ] || echo 'README has no pipeline'
[ "$(wc -l <README.md)" -le 150 ] || echo 'README is longer than 150 lines'
for source in cmd/*.c; do
    tool=$(basename "$source" .c)
    grep -qF "\`$tool\`" README.md || echo "README does not name $tool"
done
cd "$work" || exit 1
# 3 = done, but something needs a person
PATH=$BUILD/bin:$PATH bash -o pipefail -c 'trap "s=\$?; [ \$s = 3 ] || exit \$s" ERR; . ./lines' >said 2>&1 ||
    { echo 'it fails:'; tail -n 5 said; }
