# A command has at most 400 lines, a file of lib at most 1200.
# What is longer does two things: the loop over the domain goes to lib, the room is split.
wc -l cmd/*.c lib/*/*.[ch] 2>/dev/null |
    awk '$2 != "total" && $1 > ($2 ~ /^cmd\// ? 400 : 1200) { print $2 ": " $1 " lines" }'
