# Every text for people has one Swedish translation, and only one.
# Half a language is worse than none: the reader cannot tell what was left out.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
xgettext --from-code=UTF-8 --keyword --keyword=_ --keyword=N_ --keyword=RK_PLURAL:1,2 -o "$work/texts.pot" \
    cmd/*.c lib/*/*.[ch] || exit 1
for po in share/locale/sv/*.po; do
    msgfmt --check-format -o /dev/null "$po" || echo "$po: see above"
    grep -nH '^#,.*fuzzy' "$po"
done
# msgcat marks two translations of one text with #-#-#; headers differ by right
msgcat --no-wrap share/locale/sv/*.po |
    awk -v RS= '/#-#-#-#-#/ && !/(^|\n)msgid ""\nmsgstr/ { print "translated in two ways: " $0 }'
msgcat --use-first -o "$work/all.po" share/locale/sv/*.po &&
    msgmerge -q --no-fuzzy-matching --no-wrap -o "$work/merged.po" "$work/all.po" "$work/texts.pot" &&
    msgattrib --no-wrap --untranslated --no-obsolete "$work/merged.po" |
    awk -v RS= '!/(^|\n)msgid ""\nmsgstr ""\n"/ { print "no Swedish: " $0 }'
