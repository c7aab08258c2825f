# The completions are what --describe prints now; the shells can read them and are offered every option.
# Run `make completions` after changing options, and commit.
offered() { # SHELL: the long options that are completed
    case $1 in
        bash)
            bash -c '. "$0"
                function=$(complete -p "$1" | sed "s/.* -F \([^ ]*\) .*/\1/")
                COMP_WORDS=("$1" --) COMP_CWORD=1
                "$function"
                printf "%s\n" "${COMPREPLY[@]}"' "$file" "$tool"
            ;;
        fish) fish --no-config -c "source $file; complete -C '$tool --'" | cut -f 1 ;;
    esac
}
for source in cmd/*.c; do
    tool=$(basename "$source" .c)
    options=$("$BUILD/bin/$tool" --describe | jq -r '"--" + .options[].name')
    for shell in bash zsh fish; do
        case $shell in
            bash) file=completions/bash/$tool ;;
            zsh) file=completions/zsh/_$tool ;;
            fish) file=completions/fish/$tool.fish ;;
        esac
        "$BUILD/bin/$tool" --describe=$shell | cmp -s - "$file" || echo "$file: out of date"
        command -v $shell >/dev/null || continue
        $shell -n "$file" || echo "$file: $shell cannot read it"
        [ $shell != zsh ] || continue
        comm -23 <(sort <<<"$options") <(offered $shell | sort) | sed "s|^|$file: does not offer |"
    done
done
for file in completions/bash/* completions/zsh/_* completions/fish/*.fish; do
    tool=$(basename "$file" .fish)
    [ -e "cmd/${tool#_}.c" ] || echo "$file: there is no such tool"
done
exit 0
