# The rules find what they are there to find.
# A rule that cannot fail is worse than none.
rules=$PWD/tests/lint
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
git init -q .
mkdir -p cmd lib/{base,stream,panel,score,tool}
bite() { # RULE WHAT FILE TEXT: with this text in this file the rule must speak
    bash -O nullglob "$rules/$1.sh" >said 2>&1
    [ ! -s said ] || { echo "$1 speaks before there is a reason:"; cat said; }
    mkdir -p "$(dirname "$3")"
    printf '%s\n' "$4" >"$3"
    git add "$3"
    bash -O nullglob "$rules/$1.sh" >said 2>&1
    [ -s said ] || echo "$1 does not see $2"
    git rm -qf "$3"
}
touch lib/base/a.h
git add lib
bite arrows 'an arrow up' lib/base/up.c '#include "stream/in.h"'
bite arrows 'an arrow across' lib/panel/across.c '#include "score/score.h"'
bite arrows 'lib/tool used below cmd' lib/score/tool.c '#  include "tool/tool.h"'
bite arrows 'a room the house does not have' lib/attic/a.c '#include "base/a.h"'
bite tool-alone-prints 'a print' lib/panel/print.c '    printf("%d\n", seats);'
bite tool-alone-prints 'an exit' cmd/rk-x.c 'if (!seats) exit(1);'
bite tool-alone-prints 'standard error' lib/score/say.c 'say(stderr);'
bite size 'a long command' cmd/rk-x.c "$(seq 401)"
bite size 'a long room' lib/panel/long.c "$(seq 1201)"
bite private 'a path' lib/panel/a.c "/* /home""/anna/bank.csv */"
bite private 'a registry' lib/panel/a.c "/* https://pypi"".org/x */"
bite top-level 'a stray file' notes.txt 'to do'
