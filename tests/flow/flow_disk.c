/*
 * flow_disk.c - a disk that is full: nothing is shown that was not kept, and
 * nothing that was shown is lost
 *
 * A real small filesystem (tmpfs, 2 MB) under the state folder, in a mount
 * namespace of this test's own; without root in a user namespace, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/world.h"

#define SETTINGS "[lookup]\npolicy = always\nbudget_ms = 10000\n"
#define SMALL "size=2m,mode=700"
#define LARGE "size=16m,mode=700"

/* What was answered before the disk was full; 2 MB hold no more. */
#define ANSWERS_MAX 2000

static struct world world;
static char state_folder[128];
static char answered[ANSWERS_MAX][40];
static unsigned answers;

/* --- The disk ------------------------------------------------------------- */

static bool
write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 &&
	    write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		(void)close(fd);

	return good;
}

/* Mounts of this process and its children are nobody else's from here on. */
static bool
enter_namespace(void)
{
	char users[64], groups[64];

	(void)snprintf(users, sizeof(users), "0 %u 1", geteuid());
	(void)snprintf(groups, sizeof(groups), "0 %u 1", getegid());
	if (geteuid() == 0 ? unshare(CLONE_NEWNS) != 0 :
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
	    !write_to("/proc/self/setgroups", "deny") ||
	    !write_to("/proc/self/uid_map", users) ||
	    !write_to("/proc/self/gid_map", groups))
		return false;

	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	(void)snprintf(state_folder, sizeof(state_folder), "%s/state",
	    world.dir);
	assert_int_equal(mkdir(state_folder, 0700), 0);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* An empty small disk, and a daemon on it. */
static int
new_disk(void **state)
{
	(void)state;
	answers = 0;
	assert_int_equal(mount("small", state_folder, "tmpfs", 0, SMALL), 0);
	world_daemon_start(&world, SETTINGS);

	return 0;
}

static int
drop_disk(void **state)
{
	(void)state;
	if (world.daemon != 0)
		(void)world_daemon_stop(&world, SIGTERM);

	return umount(state_folder);
}

/* Something else fills it, to the last byte. */
static void
fill(void)
{
	static const char block[4096];
	char path[160];
	size_t step = sizeof(block);
	int fd;

	(void)snprintf(path, sizeof(path), "%s/ballast", state_folder);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (step > 0) {
		if (write(fd, block, step) <= 0) {
			assert_int_equal(errno, ENOSPC);
			step /= 2;
		}
	}
	(void)close(fd);
}

static void
make_room(void)
{
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/ballast", state_folder);
	assert_int_equal(unlink(path), 0);
}

/* --- Lookups -------------------------------------------------------------- */

static struct reply
look_up(unsigned number)
{
	char label[16];
	json_t *person, *body;
	struct reply reply;
	char *text;

	(void)snprintf(label, sizeof(label), "p%05u", number);
	person = world_person(&world, label);
	body = json_pack("{s:O, s:O, s:O, s:s, s:s, s:s, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR, "presented", "cccd",
	    "desk", "ban-1", "kind", "desk");
	text = json_dumps(body, JSON_COMPACT);
	reply = world_http(&world, "POST", "/v1/lookups", text, NULL);
	free(text);
	json_decref(body);
	json_decref(person);

	return reply;
}

/* True: it was answered, and is noted. */
static bool
try_lookup(unsigned number)
{
	struct reply reply = look_up(number);
	bool good = reply.status == 200 || reply.status == 201;

	if (good) {
		assert_true(answers < ANSWERS_MAX);
		(void)snprintf(answered[answers++], sizeof(answered[0]), "%s",
		    view_text(reply.json, "id"));
	} else {
		/* No outcome was shown, and what to do was. */
		assert_int_equal(reply.status, 503);
		assert_string_equal(view_text(reply.json, "outcome"), "");
		assert_non_null(strstr(reply.text, "store-failed"));
	}
	reply_free(&reply);

	return good;
}

static void
assert_covered(unsigned number)
{
	assert_true(try_lookup(number));
}

static void
assert_refused(unsigned number)
{
	assert_false(try_lookup(number));
}

static long
status_of(const char *path)
{
	struct reply reply = world_http(&world, "GET", path, NULL, NULL);
	long status = reply.status;

	reply_free(&reply);

	return status;
}

/* Each answer is there, none is counted twice, and the proof is whole. */
static void
assert_nothing_lost(void)
{
	unsigned i;

	for (i = 0; i < answers; i++) {
		char path[96];

		(void)snprintf(path, sizeof(path), "/v1/lookups/%s",
		    answered[i]);
		assert_int_equal(status_of(path), 200);
	}
	world_stat_is(&world, "lookups", "total", answers);
	assert_int_equal(world_run(&world, "\"$BIN/checkin\" -c "
	    "\"$DIR/checkind.conf\" receipt verify >/dev/null 2>&1", NULL), 0);
}

/* --- Tests ---------------------------------------------------------------- */

static void
a_disk_filled_by_others_is_told_and_survived(void **state)
{
	json_t *person = world_person(&world, "p00702");
	pid_t daemon = world.daemon;
	char *said = NULL;

	(void)state;
	assert_covered(701);
	fill();
	assert_refused(702);
	assert_refused(703);
	assert_int_equal(status_of("/readyz"), 503);
	assert_int_equal(status_of("/livez"), 200);
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "qr"))), 204);
	json_decref(world_wait(&world, 20000, "message", "store_failed",
	    NULL));
	assert_int_not_equal(world_run(&world, "\"$BIN/checkin\" -c "
	    "\"$DIR/checkind.conf\" doctor", &said), 0);
	assert_non_null(strstr(said, "disk"));
	free(said);
	make_room();
	/* The same process goes on by itself. */
	assert_covered(702);
	assert_covered(703);
	assert_int_equal(status_of("/readyz"), 200);
	assert_int_equal(waitpid(daemon, NULL, WNOHANG), 0);
	assert_nothing_lost();
	json_decref(person);
}

static void
a_disk_filled_by_our_own_records_loses_none(void **state)
{
	unsigned number = 710;

	(void)state;
	while (try_lookup(number))
		number++;
	print_message("%u answers on 2 MB\n", answers);
	assert_true(answers > 10);
	assert_refused(number);
	assert_int_equal(mount("small", state_folder, "tmpfs", MS_REMOUNT,
	    LARGE), 0);
	assert_covered(number);
	assert_nothing_lost();
}

static void
who_dies_on_a_full_disk_has_all_of_it_afterwards(void **state)
{
	(void)state;
	assert_covered(701);
	assert_covered(702);
	fill();
	assert_refused(703);
	(void)world_daemon_stop(&world, SIGKILL);
	/* What is there can be read, what is new is refused. */
	world_daemon_start_blind(&world, SETTINGS);
	assert_refused(703);
	make_room();
	assert_covered(703);
	assert_nothing_lost();
}

/* A question was open when it died, and cannot even be closed at the start:
 * that is told and waited out. */
static void
an_open_question_waits_for_room(void **state)
{
	json_t *person = world_person(&world, "p00704");

	(void)state;
	assert_covered(701);
	world_gateway_fail(&world, "hang");
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "qr"))), 204);
	json_decref(world_wait(&world, 5000, "phase", "asking", NULL));
	/* Its first row is on disk. */
	assert_int_equal(world_run(&world, "for i in $(seq 100); do "
	    "[ \"$(sqlite3 -readonly $DIR/state/checkin.db 'SELECT count(*) "
	    "FROM lookup WHERE closed_ms IS NULL')\" = 1 ] && exit 0; "
	    "sleep 0.1; done; exit 1", NULL), 0);
	fill();
	(void)world_daemon_stop(&world, SIGKILL);
	world_gateway_fail(&world, "none");
	assert_int_equal(world_run(&world, "timeout 60 \"$BIN/checkind\" -c "
	    "\"$DIR/checkind.conf\" 2>$DIR/full.log", NULL), 1);
	assert_int_equal(world_run(&world, "grep -q 'the disk is full; free "
	    "space there' $DIR/full.log", NULL), 0);
	make_room();
	world_daemon_start(&world, SETTINGS);
	world_stat_is(&world, "lookups", "total", 2);
	world_stat_is(&world, "lookups", "unavailable", 1);
	json_decref(person);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, new_disk, drop_disk)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_disk_filled_by_others_is_told_and_survived),
		TEST(a_disk_filled_by_our_own_records_loses_none),
		TEST(who_dies_on_a_full_disk_has_all_of_it_afterwards),
		TEST(an_open_question_waits_for_room),
	};

	if (!enter_namespace()) {
		perror("flow_disk: no mount namespace of our own");
		return 1;
	}

	return cmocka_run_group_tests_name("disk", tests, open_world,
	    close_world);
}
