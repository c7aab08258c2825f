# Man pages have no fault mandoc can see, and point only to pages of ours that exist.
# They are what an analyst has at hand when the one who set it up is on leave.
for page in share/man/man?/*.in share/man/sv/man?/*.in; do
    built=$BUILD/${page#share/} built=${built%.in}
    [ -s "$built" ] || { echo "$built: not built"; continue; }
    mandoc -Tlint -W warning "$built"
    grep -nH '^@' "$built"
    sed -nE 's/^\.Xr (rk[a-z-]*) ([0-9]).*/\1 \2/p' "$built" | while read -r name section; do
        [ -e "share/man/man$section/$name.$section.in" ] || echo "$page: no page $name($section)"
    done
done
exit 0
