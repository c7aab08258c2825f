# shellcheck shell=bash disable=SC2034,SC2154
# Memory runs out, in one allocation or in all from one on: at some forty places of the run, and at the
# last ones. A tool either says so, as with any fault, or does without and comes to the same. WAY as in
# write.sh.
memory_errors() { # WAY
    local library=$bin/../faults/memory.so count at once
    [ -e "$library" ] || { skip 'memory that runs out: nothing was built to preload'; return; }
    begin result fresh
    if [ "$1" != out ]; then target=${args[-1]}; else args+=(-o result); fi
    RK_MEMORY_COUNT=count LD_PRELOAD=$library go >out 2>err; status=$?
    [[ $status = [03] && -s count ]] || failure 'nothing wrong' "exit status $status: $(head -n 3 err)"
    mv "$target" expected
    count=$(<count)
    for ((at = 0; at < count + 3; at += at < count - 8 && count > 48 ? count / 40 : 1)); do
        for once in '' yes; do
            rm -rf "$target"
            env ${once:+RK_MEMORY_ONCE=yes} RK_MEMORY_AT=$at LD_PRELOAD="$library" \
                "$bin/$tool" "${args[@]}" </dev/null >out 2>err
            status=$?
            if [[ $status = [03] ]] && diff -r expected "$target" >/dev/null; then
                passed=$((passed + 1))
            else
                judge "allocation $at of $count fails${once:+, once}" 4
            fi
        done
    done
}
