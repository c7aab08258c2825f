# shellcheck shell=bash disable=SC2154
# Write faults. WAY is how the tool writes: `out` = standard output or -o FILE; `folder` = files in a
# folder of its own, its last argument; `tools` = likewise, by running other tools.
write_errors() { # WAY
    if [ "$1" = folder ] || [ "$1" = tools ]; then
        folder_errors "$1"
        return
    fi
    begin result
    go >out 2>err; status=$?
    [[ $status = [03] && -s out ]] || failure 'nothing wrong' "exit status $status: $(head -n 3 err)"
    : >out

    go >/dev/full 2>err; status=$?
    judge '>/dev/full' 4
    go >&- 2>err; status=$?
    judge '>&-' 4
    (ulimit -f 0 && go >out) 2>&1 | cat >err; status=${PIPESTATUS[0]}
    judge 'file-size limit on standard output' 4
    if [ -n "$full" ]; then
        fill_disk result
        go >full/other 2>err; status=$?
        judge 'full disk under standard output' 4
    fi
    mkfifo nobody
    exec 5<>nobody
    exec 6>nobody 5>&-
    go >&6 2>err; status=$?
    exec 6>&-
    if [ $status != 0 ] && [ ! -s err ]; then
        passed=$((passed + 1))
    else
        failure 'nobody reads' "exit status $status: $(head -n 3 err)"
    fi

    begin result
    go -o /dev/full >out 2>err; status=$?
    judge '-o /dev/full' 4 /dev/full
    go -o missing/result >out 2>err; status=$?
    judge '-o into a missing folder' 4 missing/result
    mkdir folder
    go -o folder >out 2>err; status=$?
    judge '-o FOLDER' 4 folder
    if can_be_anybody; then
        mkdir -m 555 closed
        anybody "$bin/$tool" "${args[@]}" -o closed/result </dev/null >out 2>err; status=$?
        judge '-o into a closed folder' 4 closed/result
        chmod 444 result
        anybody "$bin/$tool" "${args[@]}" -o result </dev/null >out 2>err; status=$?
        judge '-o onto a file that is read-only' 4 result
    else
        skip 'what is closed to us: we may everything here'
    fi
    for name in result result.gz; do
        for state in there fresh; do
            begin "$name" "${state#there}"
            (ulimit -f 0 && go -o "$target" >out) 2>&1 | cat >err; status=${PIPESTATUS[0]}
            judge "file-size limit on -o $name" 4 "$name"
            if [ -n "$full" ]; then
                fill_disk "$name" "${state#there}"
                go -o "$target" >out 2>err; status=$?
                judge "full disk under -o $name" 4 "$name"
            fi
        done
    done
    [ -n "$full" ] || skip 'full disk: nothing can be mounted here'
    can_trace || { skip 'calls that fail: strace does not work here'; return; }
    begin result
    inject 'standard output' '^p?write(v|64)?\(1<' ENOSPC 4 "$bin/$tool" "${args[@]}"
    for state in there fresh; do
        begin result.gz "${state#there}"
        injected '' "${args[@]}" -o result.gz
    done
}

# Each call that makes, fills, keeps and renames a temporary in the folder FOLDER (a pattern). A folder
# is synchronised too, but that some file systems cannot, and no tool could take back.
injected() { # FOLDER ARGUMENT…
    local file="$1/\\.rk-tmp[^/>]*"
    shift
    inject 'making a temporary' '^openat\(.*rk-tmp.*O_CREAT' ENOSPC 4 "$bin/$tool" "$@"
    inject 'filling it' "^p?write(v|64)?\\([0-9]+<[^>]*$file>" ENOSPC 4 "$bin/$tool" "$@"
    inject 'keeping it' "^f(data)?sync\\([0-9]+<[^>]*$file>" EIO 4 "$bin/$tool" "$@"
    inject 'renaming it' '^rename(at|at2)?\(' EIO 4 "$bin/$tool" "$@"
}

folder_errors() { # WAY
    local into=${args[-1]}
    unset 'args[-1]'
    begin "$into" fresh
    go "$into" >out 2>err; status=$?
    [[ $status = [03] && -n "$(ls "$into")" ]] ||
        failure 'nothing wrong' "exit status $status: $(head -n 3 err)"
    begin "$into" fresh
    go missing/below/folder >out 2>err; status=$?
    judge 'a folder below a missing one' '2 4' missing
    begin file
    go file >out 2>err; status=$?
    judge 'a file where the folder should be' '2 4' file
    begin "$into" fresh
    (ulimit -f 0 && go "$into" >out) 2>&1 | cat >err; status=${PIPESTATUS[0]}
    judge 'file-size limit' 4
    if [ -n "$full" ]; then
        fill_disk folder fresh
        go "$target" >out 2>err; status=$?
        judge 'full disk' 4
    else
        skip 'full disk: nothing can be mounted here'
    fi
    if can_be_anybody; then
        mkdir -m 555 closed
        begin closed/folder fresh
        anybody "$bin/$tool" "${args[@]}" closed/folder </dev/null >out 2>err; status=$?
        judge 'into a closed folder' 4 closed
    else
        skip 'what is closed to us: we may everything here'
    fi
    can_trace || { skip 'calls that fail: strace does not work here'; return; }
    begin "$into" fresh
    if [ "$1" = tools ]; then
        inject 'putting it in its place' '^rename(at|at2)?\(' EIO 4 "$bin/$tool" "${args[@]}" "$into"
        return
    fi
    injected '/\.rk-tmp[^>]*' "${args[@]}" "$into"
}
