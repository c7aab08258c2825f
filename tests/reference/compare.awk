# compare.awk expected.csv got.csv: key,value,tolerance[,source] against key,value. A key that is expected
# and not there is not counted against (rk-agree does not give everything that a case has); a key that is
# there several times must be right each time. Numbers are compared as numbers.
BEGIN { FS = "," }
FNR == NR { if (FNR > 1) { value[$1] = $2; most[$1] = $3 } next }
$1 in value {
    off = $2 - value[$1]
    if (off < 0) off = -off
    if ($2 == "" || off > most[$1] + 0) { bad++; print "off: " $1 " is " $2 ", expected " value[$1] " within " most[$1] }
    else if (!($1 in seen)) { seen[$1] = 1; good++ }
}
END { printf "%d right, %d off\n", good, bad; exit bad > 0 || !good }
