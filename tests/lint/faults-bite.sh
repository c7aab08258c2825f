# The fault tables catch a tool that takes no care.
# A net is tried with a fish in it: this one copies its input and hopes for the best.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tests" "$work/bin"
cp -R tests/faults "$work/tests"
cd "$work" || exit 1
cat >bin/rk-careless <<'END'
#!/usr/bin/env bash
case ${2-} in
    -o) touch .rk-tmp.1; exec gzip -cdf -- "$1" >"$3" ;;
    *) exec gzip -cdf -- "$1" ;;
esac
END
chmod +x bin/rk-careless
echo 'rk-careless out ratings.csv' >tests/faults/write-errors
echo 'rk-careless out @ratings.csv' >tests/faults/read-errors
timeout 60 tests/faults/run "$work" >said 2>&1 && echo 'tests/faults/run finds nothing wrong with it'
for fault in '>/dev/full' 'file-size limit on -o result' 'a missing file' 'an empty file' \
    'cut after 50 of' 'a wrong checksum' 'a temporary is left behind' 'was touched'; do
    grep -qF -e "$fault" said || echo "not seen: $fault"
done
