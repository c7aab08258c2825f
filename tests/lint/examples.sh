# Every example a tool gives is run, word for word, by one of its golden cases.
# An example that no longer works teaches the wrong thing to whoever trusts it most.
for source in cmd/*.c; do
    tool=$(basename "$source" .c)
    "$BUILD/bin/$tool" --describe | jq -r '.examples[]?' | while IFS= read -r example; do
        grep -qxF -e "$example" tests/cli/"$tool"/*/cmd ||
            echo "$tool: no golden case in tests/cli/$tool has the line: $example"
    done
done
