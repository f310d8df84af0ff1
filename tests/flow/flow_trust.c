/*
 * flow_trust.c - checkin trust as an operator runs it, and what the next read
 * of a card makes of it, without a restart of anything
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/world.h"

#define SOON_MS 10000

static struct world world;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	assert_int_equal(world_run(&world, "find $DIR/trust -type f ! -name "
	    "csca.der -delete", NULL), 0);
	world_daemon_start(&world, NULL);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* Run "checkin trust ARGUMENTS", not on a terminal. */
static int
trust(const char *arguments)
{
	char command[1024];

	(void)snprintf(command, sizeof(command), "$BIN/checkin -c "
	    "$DIR/checkind.conf trust %s </dev/null >$DIR/trust.out "
	    "2>$DIR/trust.err", arguments);

	return world_run(&world, command, NULL);
}

static void
assert_shell(const char *command)
{
	if (world_run(&world, command, NULL) != 0)
		fail_msg("%s", command);
}

/* Put the person's card down; the view when it is read. Caller frees. */
static json_t *
read_at_desk(const char *label, const char *path, const char *value)
{
	json_t *person = world_person(&world, label);
	char line[64];
	json_t *view;

	world_card(&world, "remove");
	json_decref(world_wait(&world, SOON_MS, "card_present", "false",
	    NULL));
	(void)snprintf(line, sizeof(line), "insert %s", label);
	world_card(&world, line);
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "can"))), 204);
	view = world_wait(&world, SOON_MS, path, value, NULL);
	json_decref(person);

	return view;
}

static void
what_lies_in_the_folder_is_listed_and_its_end_is_a_metric(void **state)
{
	struct reply reply = world_http(&world, "GET", "/metrics", NULL,
	    NULL);

	(void)state;
	assert_int_equal(trust("list --json"), 0);
	assert_shell("grep -q '\"kind\": \"csca\"' $DIR/trust.out");
	assert_shell("grep -q '\"source\": \"csca.der\"' $DIR/trust.out");
	assert_int_equal(trust("list"), 0);
	assert_shell("grep -q 'valid 2020-01-01 to 2040-01-01' "
	    "$DIR/trust.out");
	/* 2040-01-01 */
	assert_non_null(strstr(reply.text, "\ncheckin_trust_expiry_timestamp_"
	    "seconds 2208988800.000\n"));
	reply_free(&reply);
	json_decref(read_at_desk("p00300", "issuer.state", "listed"));
}

static void
what_is_removed_is_no_longer_trusted(void **state)
{
	struct reply reply;

	(void)state;
	assert_shell("cp $DIR/trust/csca.der $DIR/kept");
	assert_int_equal(trust("remove 1"), 1);
	assert_shell("grep -q -- --yes $DIR/trust.err");
	assert_int_equal(trust("remove 99 --yes"), 1);
	assert_int_equal(trust("remove 1 --yes"), 0);
	assert_shell("test ! -e $DIR/trust/csca.der");
	json_decref(read_at_desk("p00301", "issuer.state", "no_list"));
	reply = world_http(&world, "GET", "/metrics", NULL,
	    NULL);
	assert_null(strstr(reply.text,
	    "\ncheckin_trust_expiry_timestamp_seconds "));
	reply_free(&reply);
}

static void
a_signer_is_accepted_by_name(void **state)
{
	json_t *view;

	(void)state;
	assert_shell("openssl x509 -in $DIR/sim/signer.pem -outform DER "
	    "-out $DIR/signer.der");
	assert_int_equal(trust("pin $DIR/signer.der --by 'BS. Mẫu'"), 2);
	assert_int_equal(trust("pin $DIR/kept --by 'BS. Mẫu' --reason x"), 1);
	assert_int_equal(trust("pin $DIR/signer.der --by 'BS. Mẫu' "
	    "--reason 'compared with the province'"), 0);
	assert_int_equal(trust("list"), 0);
	assert_shell("grep -q 'by BS. Mẫu: compared with the province' "
	    "$DIR/trust.out");
	view = read_at_desk("p00302", "issuer.state", "pinned");
	assert_string_equal(view_text(view, "passive_authentication"),
	    "valid");
	assert_string_equal(view_text(view, "issuer.accepted_by"),
	    "BS. Mẫu");
	json_decref(view);
	assert_int_equal(trust("unpin 1 --yes"), 0);
	json_decref(read_at_desk("p00303", "issuer.state", "no_list"));
}

static void
a_root_needs_its_fingerprint(void **state)
{
	(void)state;
	assert_int_equal(trust("add $DIR/kept"), 1);
	assert_shell("grep -q -- --accept $DIR/trust.err");
	assert_int_equal(trust("add --accept 00 $DIR/kept"), 1);
	assert_int_equal(trust("add $DIR/kept --accept \"$(openssl x509 "
	    "-inform DER -in $DIR/kept -noout -fingerprint -sha256 | "
	    "cut -d= -f2)\""), 0);
	assert_shell("grep -q '^added    csca' $DIR/trust.out");
	assert_int_equal(trust("import $DIR/kept"), 0);
	assert_shell("grep -q '0 added, 1 known, 0 refused' $DIR/trust.out");
	json_decref(read_at_desk("p00304", "issuer.state", "listed"));
}

/* The list is made by the openssl command, with the simulated issuer's key. */
static void
what_its_issuer_revokes_is_refused(void **state)
{
	json_t *view;

	(void)state;
	assert_shell("cd $DIR && : >index && echo 01 >number && printf "
	    "'[ca]\\ndefault_ca=c\\n[c]\\ndatabase=index\\n"
	    "crlnumber=number\\ndefault_md=sha256\\ndefault_crl_days=30\\n' "
	    ">ca.conf && "
	    "openssl ca -config ca.conf -cert sim/csca.pem -keyfile "
	    "sim/csca.pem -revoke sim/signer.pem 2>ca.err && "
	    "openssl ca -config ca.conf -cert sim/csca.pem -keyfile "
	    "sim/csca.pem -gencrl -out new.crl 2>>ca.err");
	assert_int_equal(trust("import $DIR/new.crl"), 0);
	assert_int_equal(trust("list"), 0);
	assert_shell("grep -q '1 revoked' $DIR/trust.out");
	view = read_at_desk("p00305", "read.error", "trust_revoked");
	assert_string_equal(view_text(view, "identity"), "null");
	json_decref(view);
	assert_shell("$BIN/checkin -c $DIR/checkind.conf doctor | "
	    "grep -q '^ok    trust     1 issuers'");
}

/*
 * Made by the simulator, which shares no code with the command: a list of four
 * states, a link to a new key, a ring, and three CRLs of one second.
 */
static void
material_of_another_maker_is_taken(void **state)
{
	(void)state;
	assert_shell("rm -r $DIR/trust && $BIN/sim-card --state $DIR/sim "
	    "--export-trust $DIR/trust");
	assert_int_equal(trust("import $DIR/trust/material/link.der "
	    "$DIR/trust/material/crl-empty.der "
	    "$DIR/trust/material/crl-revoked.der"), 0);
	assert_shell("grep -q '^3 added, 0 known, 0 refused' "
	    "$DIR/trust.out");
	assert_int_equal(trust("import $DIR/trust/material/crl.der"), 1);
	assert_shell("grep -q 'not newer' $DIR/trust.out");
	assert_int_equal(trust("import $DIR/trust/material/loop-a.der "
	    "$DIR/trust/material/loop-b.der"), 1);
	assert_shell("grep -q '^0 added, 0 known, 2 refused' "
	    "$DIR/trust.out");
	assert_int_equal(trust("import $DIR/trust/material/masterlist.ml"), 1);
	assert_shell("grep -q 'Whoever holds its key' $DIR/trust.err");
	assert_int_equal(trust("import $DIR/trust/material/masterlist.ml "
	    "--accept $(openssl x509 -inform DER -in $DIR/trust/csca.der "
	    "-noout -fingerprint -sha256 | cut -d= -f2)"), 0);
	assert_shell("grep -q '^4 added, 1 known, 0 refused' "
	    "$DIR/trust.out");
	assert_int_equal(trust("list --json"), 0);
	assert_shell("grep -q '\"country\": \"UT\"' $DIR/trust.out");
	assert_shell("grep -q '\"kind\": \"publisher\"' $DIR/trust.out");
	json_decref(read_at_desk("p00308", "read.error", "trust_revoked"));
}

static void
usage_and_failures_have_their_own_codes(void **state)
{
	(void)state;
	assert_int_equal(trust("--help"), 0);
	assert_int_equal(trust(""), 2);
	assert_int_equal(trust("nonsense"), 2);
	assert_int_equal(trust("add"), 2);
	assert_int_equal(trust("list --nonsense"), 2);
	assert_int_equal(trust("add /nonexistent/file"), 1);
	assert_int_equal(trust("import $DIR/checkind.conf"), 1);
	assert_shell("grep -q 'no certificate' $DIR/trust.err");
	assert_shell("flock $DIR/trust $BIN/checkin -c $DIR/checkind.conf "
	    "trust add $DIR/kept 2>&1 | grep -q 'another command'");
}

/* What cannot be read is not trusted, and said; reading goes on. */
static void
a_damaged_store_stops_no_patient(void **state)
{
	(void)state;
	assert_shell("echo nonsense >>$DIR/trust/trust.store");
	assert_int_equal(trust("list"), 1);
	assert_shell("grep -q 'trust.store: line' $DIR/trust.err");
	json_decref(read_at_desk("p00306", "issuer.state", "no_list"));
	assert_shell("$BIN/checkin -c $DIR/checkind.conf doctor | "
	    "grep -q '^FAIL  trust'");
	assert_shell("rm -r $DIR/trust");
	json_decref(read_at_desk("p00307", "issuer.state", "no_list"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_lies_in_the_folder_is_listed_and_its_end_is_a_metric),
		cmocka_unit_test(what_is_removed_is_no_longer_trusted),
		cmocka_unit_test(a_signer_is_accepted_by_name),
		cmocka_unit_test(a_root_needs_its_fingerprint),
		cmocka_unit_test(what_its_issuer_revokes_is_refused),
		cmocka_unit_test(material_of_another_maker_is_taken),
		cmocka_unit_test(usage_and_failures_have_their_own_codes),
		cmocka_unit_test(a_damaged_store_stops_no_patient),
	};

	return cmocka_run_group_tests_name("trust", tests, open_world,
	    close_world);
}
