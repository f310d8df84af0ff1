#!/bin/sh
# catalogue.sh LANGUAGE OUT - make the page's catalogue {"id": "text"} of all
# service/text/*.LANGUAGE.po
#
# gettext checks the files and reads them; only its .strings output, one
# "id" = "text"; a line with the escapes that JSON has too, is rewritten here.
set -eu

language=$1
out=$2
dir=$(dirname "$0")
pairs=$out.pairs
trap 'rm -f "$pairs"' EXIT

: >"$pairs"
for po in "$dir"/*."$language".po; do
	msgfmt --check-format --check-domain -o /dev/null "$po"
	if msgattrib --untranslated "$po" | grep -q '^msgid "..*"'; then
		echo "$po: a text is empty" >&2
		exit 1
	fi
	msgcat --no-wrap --no-location --stringtable-output "$po" |
	    sed -n 's/^\("..*"\) = \(".*"\);$/  \1: \2/p' >>"$pairs"
done

twice=$(sed 's/: ".*//' "$pairs" | sort | uniq -d)
if [ -n "$twice" ]; then
	echo "service/text: ids given twice in $language:" $twice >&2
	exit 1
fi
{
	echo '{'
	LC_ALL=C sort "$pairs" | sed '$!s/$/,/'
	echo '}'
} >"$out"
