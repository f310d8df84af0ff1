#!/bin/sh
# assets.sh OUT FILE... - assembler source that embeds files, and their table
#
# Each file is found under its base name; its tag is a checksum of its content.
set -eu

out=$1
shift
table=$out.table
trap 'rm -f "$table"' EXIT
: >"$table"
{
	echo '	.section .rodata'
	number=0
	for file in "$@"; do
		printf 'name%d:	.asciz "%s"\n' "$number" "${file##*/}"
		printf 'tag%d:	.asciz "\\"%s\\""\n' "$number" \
		    "$(sha256sum "$file" | cut -c 1-16)"
		printf 'begin%d:	.incbin "%s"\nend%d:\n' "$number" "$file" \
		    "$number"
		printf '	.quad name%d, begin%d, end%d, tag%d\n' "$number" \
		    "$number" "$number" "$number" >>"$table"
		number=$((number + 1))
	done
	echo '	.section .data.rel.ro, "aw"'
	echo '	.balign 8'
	echo '	.globl ck_assets'
	echo 'ck_assets:'
	cat "$table"
	echo '	.globl ck_assets_count'
	printf 'ck_assets_count:	.quad %d\n' "$number"
	echo '	.section .note.GNU-stack, "", %progbits'
} >"$out"
