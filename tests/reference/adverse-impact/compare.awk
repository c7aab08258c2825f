# compare.awk published.csv keys: what is off, and how many were right.
BEGIN { FS = "," }
FNR == 1 { next }
NR == FNR { value[$1] = $2; most[$1] = $3; next }
!($1 in value) { next }
{
    off = $2 - value[$1]
    if (off < 0) off = -off
    if (off <= most[$1] + 0) right++
    else print $1 ": " $2 ", published " value[$1]
}
END { print right + 0 " right" }
