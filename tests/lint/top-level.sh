# Nothing lies at the top but what the house names.
# One glance at the tree tells what the project is; a new thing belongs in a room.
git ls-files | cut -d/ -f1 | sort -u |
    grep -vxE 'Makefile|cmd|lib|share|tests|completions|COPYING|README\.md|\.[A-Za-z].*'
exit 0
