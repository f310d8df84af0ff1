/*
 * test_worker.c - what a worker tells the daemon, packet by packet
 */
#include "files.h"

#include <sys/socket.h>
#include <unistd.h>

#include "worker/report.h"

static struct ck_link worker_end;
static struct ck_worker_message got;
static int daemon_end = -1;

static int
open_pair(void **state)
{
	int pair[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		return -1;
	ck_link_init(&worker_end, pair[0]);
	daemon_end = pair[1];

	return 0;
}

static int
close_pair(void **state)
{
	(void)state;
	(void)close(worker_end.fd);
	if (daemon_end >= 0)
		(void)close(daemon_end);
	daemon_end = -1;

	return 0;
}

static void
take(enum ck_worker_type type, uint32_t serial)
{
	assert_int_equal(recv(daemon_end, &got, sizeof(got), MSG_DONTWAIT),
	    sizeof(got));
	assert_int_equal(got.version, CK_WORKER_VERSION);
	assert_int_equal(got.type, type);
	assert_int_equal(got.serial, serial);
}

static bool
all_zero(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0 && at[len - 1] == 0)
		len--;

	return len == 0;
}

static void
packet_is_whole_and_wiped_after_sending(void **state)
{
	(void)state;
	ck_link_begin(&worker_end, CK_WORKER_STEP, 7)->u.step = CK_STEP_PHOTO;
	ck_link_send(&worker_end);
	take(CK_WORKER_STEP, 7);
	assert_int_equal(got.u.step, CK_STEP_PHOTO);
	assert_true(all_zero(&worker_end.packet, sizeof(worker_end.packet)));
	assert_false(worker_end.broken);
}

static void
closed_socket_breaks_the_link_quietly(void **state)
{
	(void)state;
	(void)close(daemon_end);
	daemon_end = -1;
	assert_false(ck_link_receive(&worker_end));
	assert_true(worker_end.broken);
	(void)ck_link_begin(&worker_end, CK_WORKER_HELLO, 0);
	ck_link_send(&worker_end);
	assert_true(worker_end.broken);
}

static void
packets_of_another_size_or_version_break_the_link(void **state)
{
	(void)state;
	memset(&got, 0, sizeof(got));
	got.version = CK_WORKER_VERSION;
	got.type = CK_WORKER_READ;
	assert_int_equal(send(daemon_end, &got, sizeof(got), 0), sizeof(got));
	assert_true(ck_link_receive(&worker_end));
	assert_int_equal(
	    send(daemon_end, &got, sizeof(got) - 1, 0), sizeof(got) - 1);
	assert_false(ck_link_receive(&worker_end));
	got.version++;
	assert_int_equal(send(daemon_end, &got, sizeof(got), 0), sizeof(got));
	assert_false(ck_link_receive(&worker_end));
}

/* One sight with count readers; a card on the first, after events changes. */
static struct ck_sight
sight_of(size_t count, bool card, uint32_t events)
{
	struct ck_sight sight;
	size_t i;

	memset(&sight, 0, sizeof(sight));
	sight.readers.count = count;
	for (i = 0; i < count; i++)
		(void)snprintf(sight.readers.reader[i].name,
		    CK_READER_NAME_LEN, "Reader %zu", i);
	sight.readers.reader[0].card_present = card;
	sight.readers.reader[0].state = events << 16 | (card ? 0x20 : 0x10);

	return sight;
}

static void
list_of_readers_follows_the_sight(void **state)
{
	struct ck_sight sight = sight_of(CK_READERS_MAX, false, 0);
	struct ck_worker_readers readers;

	(void)state;
	ck_report_readers(&sight, &readers);
	assert_int_equal(readers.service, 1);
	assert_int_equal(readers.count, CK_READERS_MAX);
	assert_string_equal(readers.name[15], "Reader 15");
	sight.err = CK_ERR_READER_NO_SERVICE;
	ck_report_readers(&sight, &readers);
	assert_true(all_zero(&readers, sizeof(readers)));
	sight.err = CK_ERR_READER_FAILED;
	ck_report_readers(&sight, &readers);
	assert_int_equal(readers.service, 1);
	assert_int_equal(readers.count, 0);
}

static void
assert_status(struct ck_sight sight, enum ck_err err, uint32_t card)
{
	struct ck_worker_status status = ck_report_status(&sight);

	assert_int_equal(status.err, err);
	assert_int_equal(status.card_present, card);
}

static void
status_says_what_ails_the_reader(void **state)
{
	struct ck_sight sight;

	(void)state;
	assert_status(sight_of(1, false, 0), CK_OK, 0);
	assert_status(sight_of(1, true, 1), CK_OK, 1);
	assert_status(sight_of(0, false, 0), CK_ERR_READER_NONE, 0);
	sight = sight_of(1, true, 1);
	sight.readers.reader[0].err = CK_ERR_CARD_TIMEOUT;
	assert_status(sight, CK_ERR_CARD_TIMEOUT, 1);
	sight = sight_of(1, true, 1);
	sight.readers.reader[0].err = CK_ERR_READER_BUSY;
	assert_status(sight, CK_ERR_READER_BUSY, 1);
	sight.err = CK_ERR_READER_NO_SERVICE;
	assert_status(sight, CK_ERR_READER_NO_SERVICE, 0);
}

static void
exchanged_card_is_noticed(void **state)
{
	struct ck_sight none = sight_of(1, false, 0);
	struct ck_sight one = sight_of(1, true, 1);
	struct ck_sight other = sight_of(1, true, 3);
	struct ck_sight in_use = one;

	(void)state;
	in_use.readers.reader[0].state |= 0x100;
	assert_true(ck_report_exchanged(&one, &other));
	assert_false(ck_report_exchanged(&one, &one));
	assert_false(ck_report_exchanged(&one, &in_use));
	assert_false(ck_report_exchanged(&none, &one));
	assert_false(ck_report_exchanged(&one, &none));
	one.err = CK_ERR_READER_NO_SERVICE;
	assert_false(ck_report_exchanged(&one, &other));
}

static struct ck_reading
reading_with_photo(size_t len)
{
	struct ck_reading reading;
	size_t i;

	memset(&reading, 0, sizeof(reading));
	(void)strcpy(reading.identity.number, "084090000001");
	reading.access = CK_ACCESS_PACE_CAN;
	reading.passive = CK_PASSIVE_UNKNOWN_ISSUER;
	reading.assurance = CK_ASSURANCE_CHIP_READ;
	reading.apdus = 16;
	reading.elapsed_ms = 1234;
	reading.photo_format = CK_IMAGE_JPEG;
	assert_int_equal(ck_buf_resize(&reading.photo, len), CK_OK);
	for (i = 0; i < len; i++)
		reading.photo.ptr[i] = (uint8_t)(i * 7);

	return reading;
}

static void
photo_comes_in_pieces_before_the_result(void **state)
{
	struct ck_reading reading = reading_with_photo(2 * CK_WORKER_CHUNK + 5);
	static const size_t lens[] = { CK_WORKER_CHUNK, CK_WORKER_CHUNK, 5 };
	const struct ck_ending well = { CK_OK, CK_CARD_CONTACTLESS };
	size_t i, at = 0;

	(void)state;
	ck_report_result(&worker_end, 9, &well, &reading);
	for (i = 0; i < 3; i++) {
		take(CK_WORKER_PHOTO, 9);
		assert_int_equal(got.u.photo.offset, at);
		assert_int_equal(got.u.photo.len, lens[i]);
		assert_memory_equal(
		    got.u.photo.bytes, reading.photo.ptr + at, lens[i]);
		at += lens[i];
	}
	take(CK_WORKER_RESULT, 9);
	assert_int_equal(got.u.result.err, CK_OK);
	assert_int_equal(got.u.result.photo_len, at);
	assert_int_equal(got.u.result.photo_format, CK_IMAGE_JPEG);
	assert_int_equal(got.u.result.passive, CK_PASSIVE_UNKNOWN_ISSUER);
	assert_int_equal(got.u.result.access, CK_ACCESS_PACE_CAN);
	assert_int_equal(got.u.result.apdus, 16);
	assert_int_equal(got.u.result.elapsed_ms, 1234);
	assert_string_equal(got.u.result.identity.number, "084090000001");
	ck_buf_wipe(&reading.photo);
}

static void
photo_beyond_the_limit_is_left_out(void **state)
{
	struct ck_reading reading = reading_with_photo(CK_PHOTO_MAX + 1);
	const struct ck_ending gone = { CK_ERR_CARD_GONE, CK_CARD_NONE };

	(void)state;
	ck_report_result(&worker_end, 9, &gone, &reading);
	take(CK_WORKER_RESULT, 9);
	assert_int_equal(got.u.result.err, CK_ERR_CARD_GONE);
	assert_int_equal(got.u.result.hint, CK_HINT_LEAVE);
	assert_int_equal(got.u.result.photo_len, 0);
	assert_int_equal(got.u.result.photo_format, CK_IMAGE_NONE);
	assert_string_equal(got.u.result.identity.number, "084090000001");
	ck_buf_wipe(&reading.photo);
}

#define WITH_PAIR(test) \
	cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(packet_is_whole_and_wiped_after_sending),
		WITH_PAIR(closed_socket_breaks_the_link_quietly),
		WITH_PAIR(packets_of_another_size_or_version_break_the_link),
		cmocka_unit_test(list_of_readers_follows_the_sight),
		cmocka_unit_test(status_says_what_ails_the_reader),
		cmocka_unit_test(exchanged_card_is_noticed),
		WITH_PAIR(photo_comes_in_pieces_before_the_result),
		WITH_PAIR(photo_beyond_the_limit_is_left_out)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
