/*
 * test_worker_check.c - a packet outside its bounds is never believed
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "desk/worker_check.h"

static struct ck_worker_message *
packet(uint32_t type)
{
	struct ck_worker_message *message = calloc(1, sizeof(*message));

	assert_non_null(message);
	message->version = CK_WORKER_VERSION;
	message->type = type;

	return message;
}

static void
well_formed_packets_pass(void **state)
{
	static const uint32_t types[] = {
		CK_WORKER_HELLO, CK_WORKER_READERS, CK_WORKER_STATUS,
		CK_WORKER_STEP, CK_WORKER_IDENTITY, CK_WORKER_PHOTO,
		CK_WORKER_RESULT
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct ck_worker_message *message = packet(types[i]);

		assert_true(ck_worker_packet_ok(message, sizeof(*message)));
		assert_false(
		    ck_worker_packet_ok(message, sizeof(*message) - 1));
		message->version++;
		assert_false(ck_worker_packet_ok(message, sizeof(*message)));
		free(message);
	}
}

static void
a_worker_may_not_command_or_invent(void **state)
{
	struct ck_worker_message *message = packet(CK_WORKER_READ);

	(void)state;
	assert_false(ck_worker_packet_ok(message, sizeof(*message)));
	message->type = 9999;
	assert_false(ck_worker_packet_ok(message, sizeof(*message)));
	free(message);
}

static void
every_field_has_its_bound(void **state)
{
	struct ck_worker_message *m;

	(void)state;
	m = packet(CK_WORKER_IDENTITY);
	memset(m->u.identity.full_name, 'A', sizeof(m->u.identity.full_name));
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);

	m = packet(CK_WORKER_IDENTITY);
	m->u.identity.date_of_birth = (struct ck_date){ 1990, 2, 30 };
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);

	m = packet(CK_WORKER_IDENTITY);
	m->u.identity.sex = 'Q';
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);

	m = packet(CK_WORKER_IDENTITY);
	memset(&m->u.identity.no_expiry, 2, 1);
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);

	m = packet(CK_WORKER_READERS);
	m->u.readers.count = CK_READERS_MAX + 1;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);

	m = packet(CK_WORKER_PHOTO);
	m->u.photo.len = CK_WORKER_CHUNK + 1;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.photo.len = 1;
	m->u.photo.offset = CK_PHOTO_MAX;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.photo.offset = UINT32_MAX;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);

	m = packet(CK_WORKER_RESULT);
	m->u.result.assurance = CK_ASSURANCE_CHIP_VERIFIED + 1;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.result.assurance = CK_ASSURANCE_CHIP_READ;
	m->u.result.issuer = CK_ISSUER_NO_LIST + 1;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.result.issuer = 0;
	m->u.result.signer_expired = 2;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.result.signer_expired = 0;
	memset(m->u.result.accepted_by, 'x', CK_ACCEPTED_BY_LEN);
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.result.accepted_by[0] = '\0';
	m->u.result.passive = CK_PASSIVE_INVALID + 1;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.result.passive = CK_PASSIVE_VALID;
	m->u.result.tries_left = CK_TRIES_LEFT_MAX;
	assert_true(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.result.tries_left = CK_TRIES_LEFT_MAX + 1;
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);
}

/* Texts go to pages, receipts, tables and terminals as they are. */
static void
texts_are_as_readers_make_them(void **state)
{
	static const char *const texts[] = {
		"\xff", "Nguy\xe1\xbb", "a\nb", "\x1b[2J", "\xe2\x80\xae" "x",
		"Thi\xcc\xa3"
	};
	struct ck_worker_message *m = packet(CK_WORKER_IDENTITY);
	size_t i;

	(void)state;
	strcpy(m->u.identity.full_name, "Thạch Thị Bưởi");
	strcpy(m->u.identity.number, "084190000002");
	assert_true(ck_worker_packet_ok(m, sizeof(*m)));
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		strcpy(m->u.identity.full_name, texts[i]);
		assert_false(ck_worker_packet_ok(m, sizeof(*m)));
		m->u.identity.full_name[0] = '\0';
		strcpy(m->u.identity.residence, texts[i]);
		assert_false(ck_worker_packet_ok(m, sizeof(*m)));
		m->u.identity.residence[0] = '\0';
	}
	strcpy(m->u.identity.number, "08419000000");
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	strcpy(m->u.identity.number, "0841900000'2");
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	m->u.identity.number[0] = '\0';
	m->type = CK_WORKER_RESULT;
	memset(&m->u, 0, sizeof(m->u));
	strcpy(m->u.result.accepted_by, "a\tb");
	assert_false(ck_worker_packet_ok(m, sizeof(*m)));
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_packets_pass),
		cmocka_unit_test(a_worker_may_not_command_or_invent),
		cmocka_unit_test(every_field_has_its_bound),
		cmocka_unit_test(texts_are_as_readers_make_them),
	};

	return cmocka_run_group_tests_name("worker_check", tests, NULL, NULL);
}
