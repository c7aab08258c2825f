# shellcheck shell=bash disable=SC2034,SC2154
# Read faults. Each argument @FILE is damaged in every way, one after the other; the first also as
# standard input. WAY as in write.sh.
read_errors() { # WAY
    local words=("${args[@]}") i file first=yes
    [ "${words[*]}" != - ] || return
    way=$1
    args=("${words[@]#@}")
    begin result
    go >out 2>err; status=$?
    [[ $status = [03] ]] || failure 'nothing wrong' "exit status $status: $(head -n 3 err)"
    : >out
    for i in "${!words[@]}"; do
        [[ ${words[i]} = @* ]] || continue
        args=("${words[@]#@}")
        file=${args[i]}
        damage "$i"
        [ -z "$first" ] || from_standard_input "$i"
        first=
    done
}

# Runs with $file in the place of argument I; by turns to standard output and to -o FILE.
turn=0
try() { # I FILE STATUSES WHAT
    local args=("${args[@]}")
    args[$1]=$2
    turn=$((turn + 1))
    if [ "$way" = out ] && ((turn % 2)); then
        go -o "$target" >out 2>err; status=$?
    else
        go >out 2>err; status=$?
    fi
    judge "$4" "$3" "$2"
}

damage() { # I
    local i=$1 size n packed
    begin result
    try "$i" missing 4 'a missing file'
    mkdir -p folder
    try "$i" folder 4 'a folder'
    if can_be_anybody; then
        local saved=("${args[@]}")
        args[i]=locked
        anybody "$bin/$tool" "${args[@]}" </dev/null >out 2>err; status=$?
        judge 'a locked file' 4 locked
        args=("${saved[@]}")
    else
        skip 'what is closed to us: we may everything here'
    fi
    : >empty
    try "$i" empty 1 'an empty file'
    gzip -nc empty >empty.gz
    try "$i" empty.gz 1 'an empty gzip member'

    gzip -9nc "$file" >whole.gz
    packed=("${args[@]}")
    packed[i]=whole.gz
    "$bin/$tool" "${packed[@]}" </dev/null >out 2>err; status=$?
    if [[ $status = [03] ]] && { [ "$way" = folder ] || [ -s out ]; }; then
        passed=$((passed + 1))
    else
        failure 'packed with gzip' "exit status $status: $(head -n 3 err)"
    fi
    : >out
    size=$(stat -c %s whole.gz)
    : >cut.gz # grows by a byte at a time: each of its lengths is a cut file
    for ((n = 1; n < size; n++)); do
        tail -c +"$n" whole.gz | head -c 1 >>cut.gz
        # one byte is not yet a gzip file, but no table or document either
        if ((n == 1)); then try "$i" cut.gz '1 4' 'cut after 1 byte'
        else try "$i" cut.gz 4 "cut after $n of $size bytes"; fi
    done
    flip $((size - 8)) && try "$i" bad.gz 4 'a wrong checksum'
    flip $((size - 4)) && try "$i" bad.gz 4 'a wrong length'
    flip $((size / 2)) && try "$i" bad.gz 4 'a damaged byte'
    { cat whole.gz; printf x; } >junk.gz
    try "$i" junk.gz 4 'a byte after the end'
    { cat whole.gz; head -c 512 /dev/zero; } >junk.gz
    try "$i" junk.gz 4 'zeros after the end'
    { cat whole.gz; head -c 1 empty.gz; } >junk.gz
    try "$i" junk.gz 4 'a second member of one byte'
    { cat whole.gz; head -c 15 empty.gz; } >junk.gz
    try "$i" junk.gz 4 'a second member, cut'

    if can_trace; then
        inject "$file" "^p?read(v|64)?\([0-9]+<[^>]*/$file>" EIO 4 "$bin/$tool" "${args[@]}"
        ! grep -q '/share/schema/' trace || inject 'our own share' \
            '^p?read(v|64)?\([0-9]+<[^>]*/share/schema/' EIO 4 "$bin/$tool" "${args[@]}"
    else
        skip 'reads that fail: strace does not work here'
    fi
}

flip() { # OFFSET: bad.gz is whole.gz with the bits of one byte turned over
    local byte
    byte=$(od -An -tu1 -j "$1" -N 1 whole.gz)
    cp whole.gz bad.gz
    # shellcheck disable=SC2059
    printf "\\$(printf %o $((byte ^ 255)))" | dd of=bad.gz bs=1 seek="$1" conv=notrunc 2>/dev/null
}

from_standard_input() { # I
    local signal number
    local args=("${args[@]}")
    args[$1]=-
    begin result
    "$bin/$tool" "${args[@]}" <&- >out 2>err; status=$?
    judge 'closed standard input' 4
    "$bin/$tool" "${args[@]}" <folder >out 2>err; status=$?
    judge 'a folder as standard input' 4
    "$bin/$tool" "${args[@]}" </dev/null >out 2>err; status=$?
    judge 'nothing on standard input' 1
    head -c 30 whole.gz | "$bin/$tool" "${args[@]}" >out 2>err; status=$?
    judge 'a cut pipe' 4
    args[$1]=slow
    [ -p slow ] || mkfifo slow
    exec 7<>slow
    head -c 20 "$file" >&7
    [ "$way" != out ] || args+=(-o "$target")
    for signal in TERM INT HUP; do
        : >err
        env --default-signal "$bin/$tool" "${args[@]}" </dev/null >out 2>err &
        sleep 0.1
        kill -s "$signal" $!
        wait $! 2>/dev/null; status=$?
        number=$(kill -l "$signal")
        [ -s err ] || echo "$tool: quiet" >err # a word is allowed, none is asked for
        judge "SIG$signal while it reads" $((128 + number))
    done
    exec 7>&-
}
