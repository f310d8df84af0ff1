#!/bin/sh
# lint.sh - the rules of the house that a script can check. Exit 1 on any
# finding, each with file and line.
set -u

status=0
complain() {
	echo "$1" >&2
	status=1
}

# One library, one door: only the files named include the header.
door() {
	header=$1
	shift
	for file in $(git grep -lE "#include <$header" -- reader service \
	    include); do
		case " $* " in
		*" $file "*) ;;
		*) complain "$file: includes <$header>; its door is: $*" ;;
		esac
	done
}
door 'winscard\.h|PCSC/winscard\.h|pcsclite\.h' reader/card/pcsc.c \
    reader/card/watch.c
door 'nfc/' reader/card/nfc.c
door 'eac/' reader/access/pace.c
door 'sqlite3\.h' service/io/db.c
door 'libpq-fe\.h' service/io/pg.c
door 'zlib\.h' service/io/gzip.c
door 'xlsxwriter\.h' service/report/form_xlsx.c
door 'curl/' service/io/client_state.h
door 'microhttpd\.h' service/io/server.c
door 'gnutls/' service/io/server_tls.c
door 'openssl/ssl\.h' service/cli/line.c
door 'jansson\.h' service/io/json.h reader/report.c reader/cccd_read.c
door 'ini\.h' service/io/ini.c
door 'libxml/' service/io/xml.c service/io/xml.h service/checkin/xml0.c \
    service/checkin/xml0_read.c service/drop/xml.c

# reader knows no service; lds cannot tell how the chip was opened; trust
# verifies bytes and does not talk; statistics hold no identity.
forbid() {
	pattern=$1
	why=$2
	shift 2
	found=$(git grep -nE "$pattern" -- "$@") || return 0
	complain "$found"
	complain "  $why"
}
forbid '#include "(io|store|eligibility|checkin|stats|http|desk|daemon)/' \
    'reader knows no service' reader include
forbid '#include "(access)/' 'lds cannot tell how the chip was opened' \
    reader/lds
forbid '#include "(card/pcsc|card/channel|card/file|access)' \
    'trust verifies bytes and does not talk' reader/trust
forbid '#include "ck/identity\.h"|struct ck_identity|store/record\.h' \
    'statistics can hold no identity' service/stats/render.c \
    service/stats/render.h service/stats/render_province.[ch] \
    service/stats/histogram.[ch] service/stats/exposition.[ch]
forbid '\b(strcpy|strcat|sprintf|gets|strtok|atoi)\(' \
    'unbounded or silent: use the bounded form' reader service include
forbid '\b(TODO|FIXME)\b' 'finish it' reader service include tests \
    ':!tests/system/lint.sh'

# Each header compiles alone.
flags=$(pkg-config --cflags libpcsclite libnfc libeac openssl sqlite3 libmicrohttpd \
    libcurl jansson libxml-2.0 libsystemd inih libpq zlib gnutls)
for header in $(git ls-files 'include/*.h' 'reader/*.h' 'service/*.h'); do
	# shellcheck disable=SC2086 # a list of flags
	echo "#include \"$header\"" | ${CC:-gcc} -std=c11 -D_GNU_SOURCE -Wall \
	    -Wextra -Werror -fsyntax-only -I. -Iinclude -Ireader -Iservice \
	    -Ibuild/gen $flags -x c - || complain "$header: not alone"
done

# The simulators share no code with what they test.
forbid '#include "(ck|access|lds|trust|printed|io|store|desk)/' \
    'simulators share no project code' tests/sim

if command -v cppcheck >/dev/null 2>&1; then
	cppcheck --quiet --std=c11 --enable=warning,portability \
	    --inline-suppr --error-exitcode=1 -Iinclude -Ireader -Iservice \
	    --suppress=missingIncludeSystem --suppress=unknownMacro \
	    --suppress=normalCheckLevelMaxBranches reader service || status=1
fi
[ "$status" -eq 0 ] && echo 'lint: clean'
exit "$status"
