/*
 * keys.h - what a scanner types, when it is a keyboard of its own
 *
 * Includes:  nothing of the kernel's; pure: no I/O
 * Source:    Linux input-event-codes.h for the numbers of the keys
 *
 * A scanner sends key positions and means the American layout, whatever the
 * computer is set to. Read at the device, before any layout or input method,
 * they are never changed: that is the reason to grab it. Letters beyond ASCII
 * come as Alt with digits on the keypad.
 */
#ifndef SERVICE_SCANNER_KEYS_H
#define SERVICE_SCANNER_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes that one key can give: a letter of UTF-8. */
#define CK_KEYS_MAX 4

/* Which keys are down. Start zeroed. */
struct ck_keys {
	bool shift, control, alt, caps;
	uint32_t typed;		/* the digits under Alt, as one number */
};

/*
 * Take one key event: code is a KEY_ number, value 1 for down, 0 for up, 2 for
 * held (which scanners do not mean). Gives the bytes typed, 0 to CK_KEYS_MAX.
 * A number under 256 is a byte as it stands, in the scanner's own encoding; a
 * larger one is a letter of Unicode.
 */
size_t ck_keys_take(struct ck_keys *keys, uint16_t code, int32_t value,
    uint8_t out[CK_KEYS_MAX]);

#endif /* SERVICE_SCANNER_KEYS_H */
