#!/bin/sh
# Makes the files of a released version: tests/released/make.sh VERSION COMMIT, with run.py of that version beside them.
set -eu
version=$1 commit=$2
here=$(cd "$(dirname "$0")" && pwd)
folder="$here/$version"
schemas=shared/api/published/schemas
git cat-file -e "$commit:$schemas" 2>/dev/null || schemas=docs/schemas # where 0.2.0 has them
git show "$commit:$schemas/rule-set.json" >"$folder/rule-set.json"
rm -f "$folder/code.zip"
git archive --format=zip -9 -o "$folder/code.zip" "$commit" rule_sets/2023-02-13.json \
    shared/__init__.py shared/candidates.py shared/errors.py shared/logs.py shared/ports.py shared/rule_books.py \
    shared/settings.py shared/domain shared/messaging/__init__.py shared/messaging/memory.py \
    shared/messaging/sender.py shared/rules shared/storage shared/workflow
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
python3 -m zipfile -e "$folder/code.zip" "$unpacked"
PYTHONPATH="$unpacked" "${PYTHON:-python3}" "$folder/run.py" make >"$folder/rows.jsonl"
