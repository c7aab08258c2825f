# What a man page calls an option is one, of its tool or of one that the page points to, and rk(1) points to all tools.
# Who tries an option that went away long ago learns to trust no page.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
for source in cmd/*.c; do
    tool=$(basename "$source" .c)
    "$BUILD/bin/$tool" --describe | jq -r '.options[].name' >"$work/$tool" || exit 1
done
# .Fl \-name in mdoc, --name in what is typed; batch systems and the like have options too
named() {
    sed 's/\\-/-/g' "$1" | case $1 in */rk-cluster.*) grep 'rk-[a-z]' | grep -v parallel ;; *) cat ;; esac |
        grep -oE '(Fl -|(^|[^-a-z])--)[a-z][a-z-]*' | sed -E 's/.*(Fl -|--)//' | sort -u
}
for page in share/man/man?/*.in share/man/sv/man?/*.in; do
    tool=$(basename "$page" | sed 's/\.[0-9]\.in$//')
    case $tool in
        rk | rk-data | rk-cluster) known=("$work"/rk*) ;;
        *) mapfile -t known < <(sed -nE "s,.*Xr (rk[a-z-]*) 1.*,$work/\1,p; s,.*(rk-[a-z-]*[a-z]) .*--.*,$work/\1,p" "$page" | sort -u) ;;
    esac
    comm -23 <(named "$page") <(cat "$work/$tool" "${known[@]}" 2>/dev/null | sort -u) |
        sed "s|.*|$page: --& is no option of $tool, nor of those that the page points to|"
    case $page in
        *man1/rk.1.in)
            for other in "$work"/rk-*; do
                sed -n '/^\.Sh SE/,$p' "$page" | grep -q "^\.Xr ${other##*/} 1" ||
                    echo "$page: does not point to ${other##*/}(1)"
            done
            ;;
    esac
done
