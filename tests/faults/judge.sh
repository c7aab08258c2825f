# shellcheck shell=bash disable=SC2034,SC2154
# What write.sh and read.sh share. One tool in its own folder: $tool, its arguments $args, the file
# $target that it may write when all goes well, $fresh when that file was not there before, and after
# a run $status and the files out and err.
passed=0 failed=0 skipped=0 target=result fresh=''

failure() { # WHAT WHY
    echo "$tool ${args[*]}: $1: $2"
    failed=$((failed + 1))
}

skip() { # WHAT
    echo "$tool: skipped, $1"
    skipped=$((skipped + 1))
}

go() { "$bin/$tool" "${args[@]}" "$@" </dev/null; }

begin() { # TARGET [fresh]: a file called so is there before, unless fresh
    target=$1 fresh=${2-}
    : >out
    if [ -n "$fresh" ]; then rm -rf "$target"; else echo before >"$target"; fi
}

judge() { # WHAT STATUSES [TEXT]: one of these statuses, one line that holds the text, no trace
    local lines=() why='' left folder=.
    mapfile -t lines <err
    [[ " $2 " = *" $status "* ]] || why+=", exit status $status instead of ${2// / or }"
    if [ ${#lines[@]} -ne 1 ]; then
        why+=", ${#lines[@]} lines on standard error"
    else
        [[ ${lines[0]} = "$tool: "* ]] || why+=", the message does not begin with $tool"
        [[ ${lines[0]} = *"${3-}"* ]] || why+=", the message does not hold $3"
        [[ ${lines[0]} != *'(null)'* ]] || why+=', (null) in the message'
    fi
    [ ! -s out ] || why+=', something on standard output'
    : >out
    if [ -z "$fresh" ] && [ "$(<"$target")" != before ]; then
        why+=", $target was touched"
        echo before >"$target"
    elif [ -n "$fresh" ] && [ -e "$target" ]; then
        why+=", $target was written"
        rm -rf "$target"
    fi
    [[ $target != */* ]] || folder=${target%/*}
    for left in "$folder"/.rk-tmp*; do
        [ ! -e "$left" ] || { why+=', a temporary is left behind'; rm -rf "$left"; }
    done
    if [ -z "$why" ]; then
        passed=$((passed + 1))
    else
        failure "$1" "${why#, }${lines[0]:+ [${lines[0]}]}"
    fi
}

# Root reads and writes everything; without these two capabilities it is like anybody.
anybody() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --bounding-set=-dac_override,-dac_read_search "$@"
    else
        "$@"
    fi
}
can_be_anybody() {
    echo >locked && chmod 000 locked
    anybody true 2>/dev/null && ! anybody cat locked >/dev/null 2>&1
}

mount_full_disk() {
    full=
    [ "$RK_FAULTS" = mount ] && mkdir full && mount -t tmpfs -o size=8k rk-full full && full=full
}
fill_disk() { # TARGET [fresh]: on the small disk, which is then filled to the last byte
    rm -rf full/*
    begin "full/$1" "${2-}"
    cat /dev/zero >full/filler 2>/dev/null
}

can_trace() { strace -o /dev/null -e inject=write:error=EIO:when=99 true 2>/dev/null; }
# Fails, one at a time, every system call of an undisturbed run that looks like PATTERN.
inject() { # WHAT PATTERN ERROR STATUSES COMMAND…
    local what=$1 pattern=$2 error=$3 statuses=$4 call line
    local -A nth=()
    shift 4
    strace -y -s 0 -o trace "$@" >/dev/null 2>&1 </dev/null
    while IFS= read -r line; do
        call=${line%%(*}
        nth[$call]=$((${nth[$call]:-0} + 1))
        [[ ! $line =~ $pattern ]] || echo "$call ${nth[$call]}"
    done <trace >calls
    [ -s calls ] || failure "$what" "the undisturbed run does no such call ($pattern)"
    while read -r call n <&9; do
        begin "$target" "$fresh"
        strace -o trace -e trace="$call" -e inject="$call:error=$error:when=$n" "$@" \
            >out 2>err </dev/null
        status=$?
        judge "$what, $call $n fails with $error" "$statuses"
    done 9<calls
}
