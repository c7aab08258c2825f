# --describe is good JSON, --help names every option it has, and both languages are there everywhere.
# Help, man page and completion come from one table; what one of them leaves out, nobody finds.
for source in cmd/*.c; do
    tool=$BUILD/bin/$(basename "$source" .c)
    described=$("$tool" --describe | jq -e 'select(.name and .purpose and .options and .examples)') ||
        { echo "$tool --describe: not the JSON it should be"; continue; }
    english=$("$tool" --help --lang en) || echo "$tool --help --lang en fails"
    swedish=$(LC_ALL=C "$tool" --help --lang sv) || echo "$tool --help --lang sv fails"
    [ "$english" != "$swedish" ] || echo "$tool --help --lang sv is not Swedish"
    # the purpose, which stands on a line of its own, in both
    comm -12 <(grep -E '^[[:lower:]]' <<<"$english" | sort) <(grep -E '^[[:lower:]]' <<<"$swedish" | sort) |
        sed "s|^|$tool: the same in Swedish: |"
    jq -r '.options[].name' <<<"$described" | while IFS= read -r option; do
        for help in "$english" "$swedish"; do
            grep -qE -e "--$option([ =[]|\$)" <<<"$help" || echo "$tool: --help has no --$option"
        done
        [ -n "$(jq -r --arg o "$option" '.options[] | select(.name == $o) | .description // ""' <<<"$described")" ] ||
            echo "$tool: --$option is not described"
    done
done
