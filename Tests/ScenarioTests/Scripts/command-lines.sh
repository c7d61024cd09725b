#!/usr/bin/env bash
# Prints command lines for `saasctl repl --keep-going`, the same ones for the same count: in each ten lines four users without a password,
# four organizations (names in several scripts), an empty line, and one that must fail or is a comment.
#
# usage: command-lines.sh [count]        (a multiple of 100; 10000 by default)
set -euo pipefail

count=${1:-10000}
if (( count % 100 != 0 )); then
    echo "the count must be a multiple of 100" >&2
    exit 64
fi

exec awk -v count="$count" '
BEGIN {
    split("Müller & Söhne|株式会社さくら|Ελληνική Εταιρεία|O’Brien Ltd|Смирнов и партнёры|شركة النور", names, "|")
    for (i = 0; i < count; i++) {
        digit = i % 10
        decade = int(i / 10)
        if (digit == 0) print ""
        else if (digit <= 4) printf "identity user register user%d@example.org --name \"%s %d\"\n", decade * 4 + digit, names[1 + i % 6], i
        else if (digit <= 8) {
            n = decade * 4 + digit - 4
            printf "org create org-%d --name \"%s %d\" --owner user%d@example.org\n", n, names[1 + i % 6], i, n
        }
        else if (decade % 5 == 0) printf "org create org-%d --owner user%d@example.org\n", decade * 4 + 1, decade * 4 + 1
        else if (decade % 5 == 1) printf "identity user register not-an-address-%d\n", i
        else if (decade % 5 == 2) printf "identity user register USER%d@Example.org\n", decade * 4 + 1
        else if (decade % 5 == 3) printf "org creat org-x%d\n", i
        else printf "# a comment, line %d\n", i + 1
    }
}'
