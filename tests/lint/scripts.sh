# Nothing is found in any script by shellcheck.
# An unquoted name breaks on the first municipality with a space in its folder.
git ls-files -z -- '*.sh' '*/run' tests/bench/flow tests/check tests/install ':!tests/lint/*.sh' ':!tests/cli' |
    xargs -0r shellcheck -x -f gcc
shellcheck -x -f gcc -s bash tests/lint/*.sh
