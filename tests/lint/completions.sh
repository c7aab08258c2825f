# The completions are what --describe prints now, and the shells can read them.
# Run `make completions` after changing options, and commit.
for source in cmd/*.c; do
    tool=$(basename "$source" .c)
    for shell in bash zsh fish; do
        case $shell in
            bash) file=completions/bash/$tool ;;
            zsh) file=completions/zsh/_$tool ;;
            fish) file=completions/fish/$tool.fish ;;
        esac
        "$BUILD/bin/$tool" --describe=$shell | cmp -s - "$file" || echo "$file: out of date"
        command -v $shell >/dev/null || continue
        $shell -n "$file" || echo "$file: $shell cannot read it"
    done
done
for file in completions/bash/* completions/zsh/_* completions/fish/*.fish; do
    tool=$(basename "$file" .fish)
    [ ! -e "$file" ] || [ -e "cmd/${tool#_}.c" ] || echo "$file: there is no such tool"
done
exit 0
