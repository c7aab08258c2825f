# Only lib/tool prints, and only lib/tool ends the program.
# A failed tool must write nothing: whoever prints or exits on its own breaks that promise. (Standard
# output as a file is lib/stream's; base aborts when memory is out and nobody set a handler.)
calls='v?f?printf|v?dprintf|f?puts|f?putc|putchar|fwrite|perror|_?_?exit|_Exit|quick_exit|v?errx?|v?warnx?|error'
names='stdout|stderr'
grep -nE "(^|[^_[:alnum:]])(($calls)[[:space:]]*\(|($names)([^_[:alnum:]]|\$))" cmd/*.c lib/*/*.[ch] 2>/dev/null |
    grep -vE '^lib/tool/|^[^:]+:[0-9]+:[[:space:]]*(\*|/\*|//)|format\(printf|"[^"]*\([^"]*"'
exit 0
