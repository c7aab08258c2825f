# Every header can be included alone.
# A header that needs another before it is a contract with a clause missing.
# shellcheck disable=SC2086
gcc -std=c17 -D_GNU_SOURCE -Ilib -include lib/base/banned.h -fsyntax-only -Wall -Wextra \
    -x c lib/[!b]*/*.h lib/base/[!b]*.h lib/base/buf.h 2>&1 | grep -vE 'pragma once|in main file'
grep -L '^#ifndef RK_[A-Z0-9_]*_H$' lib/*/*.h | sed '/banned\.h$/d; s/$/: no guard RK_…_H/'
grep -h '^#ifndef RK_[A-Z0-9_]*_H$' lib/*/*.h | sort | uniq -d | sed 's/$/: guards two headers/'
exit 0
