/*
 * power_vfs.h - an SQLite VFS whose power can fail
 *
 * Wraps the system's VFS. Of every database and log file it keeps in memory
 * what the last sync made durable, and which writes came after it. When the
 * power fails, of these writes some are kept, some are lost and one in four is
 * torn within a sector boundary, as a seed decides; everything later never
 * happens. kill -9 cannot show this: the kernel still writes what it has.
 *
 * One test program, one thread.
 */
#ifndef TESTS_UNIT_POWER_VFS_H
#define TESTS_UNIT_POWER_VFS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#define POWER_FILES 16
#define POWER_SECTOR 512

/* One write or truncation that no sync has followed. */
struct power_write {
	struct power_write *next;
	sqlite3_int64 offset;
	int len;		/* -1: a truncation to offset */
	unsigned char bytes[];
};

/* One file on the disk. */
struct power_disk {
	char path[256];
	unsigned char *durable;
	size_t durable_len, durable_cap;
	struct power_write *first, **last;
};

/* What SQLite holds: our methods, then the system's file behind it. */
struct power_file {
	sqlite3_file base;
	struct power_disk *disk;	/* NULL: not watched */
	sqlite3_file *real;
};

static struct {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	struct power_disk disks[POWER_FILES];
	size_t count;
	uint64_t seed;
	long writes_left;	/* until the power fails; -1: never */
	bool off;
} power;

/* SplitMix64: the same losses for the same seed. */
static inline uint64_t
power_random(void)
{
	uint64_t z = power.seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);

	return z ^ (z >> 31);
}

static inline struct power_file *
power_of(sqlite3_file *file)
{
	return (struct power_file *)(void *)file;
}

/* --- The disk ------------------------------------------------------------- */

static inline void
power_apply(struct power_disk *disk, const struct power_write *write, int len)
{
	size_t end = (size_t)write->offset + (size_t)(len < 0 ? 0 : len);

	if (len < 0) {
		if (disk->durable_len > end)
			disk->durable_len = end;
		return;
	}
	if (end > disk->durable_cap) {
		disk->durable_cap = 2 * end;
		disk->durable = realloc(disk->durable, disk->durable_cap);
		assert_non_null(disk->durable);
	}
	if (end > disk->durable_len) {
		memset(disk->durable + disk->durable_len, 0,
		    end - disk->durable_len);
		disk->durable_len = end;
	}
	if (len > 0)
		memcpy(disk->durable + write->offset, write->bytes,
		    (size_t)len);
}

/* Apply or drop every pending write. */
static inline void
power_settle(struct power_disk *disk, bool failing)
{
	struct power_write *write;

	while ((write = disk->first) != NULL) {
		int len = write->len;
		uint64_t fate = failing ? power_random() % 4 : 0;

		disk->first = write->next;
		/* torn: whole sectors up to somewhere */
		if (fate == 1 && len > 0)
			len = (int)(power_random() %
			    (unsigned)(len / POWER_SECTOR + 1)) *
			    POWER_SECTOR;
		if (fate <= 1)
			power_apply(disk, write, len);
		free(write);
	}
	disk->last = &disk->first;
}

static inline void
power_remember(struct power_disk *disk, const void *bytes, int len,
    sqlite3_int64 offset)
{
	size_t size = len > 0 ? (size_t)len : 0;
	struct power_write *write = malloc(sizeof(*write) + size);

	assert_non_null(write);
	write->next = NULL;
	write->offset = offset;
	write->len = len;
	if (size > 0)
		memcpy(write->bytes, bytes, size);
	*disk->last = write;
	disk->last = &write->next;
}

static inline struct power_disk *
power_find(const char *path)
{
	size_t i;

	for (i = 0; i < power.count; i++) {
		if (strcmp(power.disks[i].path, path) == 0)
			return &power.disks[i];
	}

	return NULL;
}

static inline struct power_disk *
power_disk_of(const char *path)
{
	struct power_disk *disk = power_find(path);

	if (disk != NULL)
		return disk;
	assert_true(power.count < POWER_FILES);
	disk = &power.disks[power.count++];
	memset(disk, 0, sizeof(*disk));
	(void)snprintf(disk->path, sizeof(disk->path), "%s", path);
	disk->last = &disk->first;

	return disk;
}

/* True once the power is off. Counts down to it. */
static inline bool
power_fails(void)
{
	if (!power.off && power.writes_left >= 0 && power.writes_left-- == 0)
		power.off = true;

	return power.off;
}

/* --- Methods -------------------------------------------------------------- */

static int
power_close(sqlite3_file *file)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods != NULL ? real->pMethods->xClose(real) :
	    SQLITE_OK;
}

static int
power_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xRead(real, out, len, offset);
}

static int
power_write_file(sqlite3_file *file, const void *bytes, int len,
    sqlite3_int64 offset)
{
	struct power_file *own = power_of(file);

	if (power_fails())
		return SQLITE_IOERR_WRITE;
	if (own->disk != NULL)
		power_remember(own->disk, bytes, len, offset);

	return own->real->pMethods->xWrite(own->real, bytes, len, offset);
}

static int
power_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct power_file *own = power_of(file);

	if (power_fails())
		return SQLITE_IOERR_TRUNCATE;
	if (own->disk != NULL)
		power_remember(own->disk, NULL, -1, size);

	return own->real->pMethods->xTruncate(own->real, size);
}

/* The real sync is left out: the disk that counts is in memory. */
static int
power_sync(sqlite3_file *file, int flags)
{
	struct power_file *own = power_of(file);

	(void)flags;
	if (power_fails())
		return SQLITE_IOERR_FSYNC;
	if (own->disk != NULL)
		power_settle(own->disk, false);

	return SQLITE_OK;
}

static int
power_size(sqlite3_file *file, sqlite3_int64 *size)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xFileSize(real, size);
}

static int
power_lock(sqlite3_file *file, int lock)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xLock(real, lock);
}

static int
power_unlock(sqlite3_file *file, int lock)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xUnlock(real, lock);
}

static int
power_check(sqlite3_file *file, int *out)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xCheckReservedLock(real, out);
}

static int
power_control(sqlite3_file *file, int op, void *arg)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xFileControl(real, op, arg);
}

static int
power_sector(sqlite3_file *file)
{
	(void)file;

	return POWER_SECTOR;
}

/* None promised: no atomic write, no safe append, no order. */
static int
power_characteristics(sqlite3_file *file)
{
	(void)file;

	return 0;
}

static int
power_shm_map(sqlite3_file *file, int page, int size, int extend,
    void volatile **out)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xShmMap(real, page, size, extend, out);
}

static int
power_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xShmLock(real, offset, n, flags);
}

static void
power_shm_barrier(sqlite3_file *file)
{
	sqlite3_file *real = power_of(file)->real;

	real->pMethods->xShmBarrier(real);
}

static int
power_shm_unmap(sqlite3_file *file, int delete)
{
	sqlite3_file *real = power_of(file)->real;

	return real->pMethods->xShmUnmap(real, delete);
}

static const sqlite3_io_methods power_methods = {
	.iVersion = 2, .xClose = power_close, .xRead = power_read,
	.xWrite = power_write_file, .xTruncate = power_truncate,
	.xSync = power_sync, .xFileSize = power_size, .xLock = power_lock,
	.xUnlock = power_unlock, .xCheckReservedLock = power_check,
	.xFileControl = power_control, .xSectorSize = power_sector,
	.xDeviceCharacteristics = power_characteristics,
	.xShmMap = power_shm_map, .xShmLock = power_shm_lock,
	.xShmBarrier = power_shm_barrier, .xShmUnmap = power_shm_unmap
};

static int
power_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
    int *out_flags)
{
	struct power_file *own = power_of(file);
	int result;

	(void)vfs;
	own->real = (sqlite3_file *)(void *)(own + 1);
	own->base.pMethods = NULL;
	own->disk = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0 &&
	    path != NULL ? power_disk_of(path) : NULL;
	result = power.real->xOpen(power.real, path, own->real, flags,
	    out_flags);
	if (own->real->pMethods != NULL)
		own->base.pMethods = &power_methods;

	return result;
}

static int
power_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	struct power_disk *disk = power_find(path);

	(void)vfs;
	if (power_fails())
		return SQLITE_IOERR_DELETE;
	if (disk != NULL) {
		power_settle(disk, false);
		disk->durable_len = 0;
	}

	return power.real->xDelete(power.real, path, sync);
}

/* --- For the tests -------------------------------------------------------- */

/* Make it the VFS of every database that is opened from now on. */
static inline void
power_install(void)
{
	power.real = sqlite3_vfs_find(NULL);
	assert_non_null(power.real);
	power.vfs = *power.real;
	power.vfs.zName = "power";
	power.vfs.szOsFile = (int)sizeof(struct power_file) +
	    power.real->szOsFile;
	power.vfs.xOpen = power_open;
	power.vfs.xDelete = power_delete;
	power.writes_left = -1;
	assert_int_equal(sqlite3_vfs_register(&power.vfs, 1), SQLITE_OK);
}

/* The power fails at the write, sync or truncation after so many. */
static inline void
power_fail_after(uint64_t seed, long writes)
{
	power.seed = seed;
	power.writes_left = writes;
}

/*
 * After everything is closed: put on the disk what survived, and switch the
 * power on. The index beside the log is rebuilt from it.
 */
static inline void
power_return(void)
{
	char path[300];
	size_t i;

	power.off = true;
	for (i = 0; i < power.count; i++) {
		struct power_disk *disk = &power.disks[i];
		FILE *file = fopen(disk->path, "wb");

		assert_non_null(file);
		power_settle(disk, true);
		if (disk->durable_len > 0)
			assert_int_equal(fwrite(disk->durable, 1,
			    disk->durable_len, file), disk->durable_len);
		assert_int_equal(fclose(file), 0);
		(void)snprintf(path, sizeof(path), "%s-shm", disk->path);
		(void)unlink(path);
	}
	power.off = false;
	power.writes_left = -1;
}

/* Another disk. */
static inline void
power_forget(void)
{
	size_t i;

	for (i = 0; i < power.count; i++) {
		power_settle(&power.disks[i], false);
		free(power.disks[i].durable);
	}
	power.count = 0;
}

#endif /* TESTS_UNIT_POWER_VFS_H */
