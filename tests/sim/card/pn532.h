/*
 * pn532.h - a contactless reader of its own: NXP PN532 on a serial line
 *
 * In the flow:  libnfc on a pseudo terminal  ->  [pn532]  ->  slot.c asks
 * Source:       NXP UM0701-02 §7 (commands); ISO/IEC 14443-3 and -4
 *
 * The slots are cards in one field: none, one or two. The PN532 runs the
 * protocol of ISO/IEC 14443-4 with them and hands APDUs on. Assumed, since
 * the manual is silent: it wakes cards with REQA, so that one put to sleep
 * (InDeselect, InRelease) is found again only after its field was off, or by
 * InSelect.
 */
#ifndef SIM_CARD_PN532_H
#define SIM_CARD_PN532_H

#include "slot.h"

/* As many cards does a PN532 manage at once. UM0701-02 §7.3.5 */
#define SIM_PN532_TARGETS 2

struct sim_pn532;	/* opaque */

/*
 * A PN532 whose field reaches two slots, both borrowed and opened with
 * in_field. type_b makes their cards type B ones. The caller frees it with
 * sim_pn532_free().
 */
struct sim_pn532 *sim_pn532_new(struct sim_slot *slots[SIM_PN532_TARGETS],
    bool type_b);

/* Free and set *chip to NULL; what sim_pn532_open() began, ends. */
void sim_pn532_free(struct sim_pn532 **chip);

/*
 * Make a pseudo terminal with a symbolic link at path, and serve it in a
 * thread until sim_pn532_free(). False with a message in why.
 */
bool sim_pn532_open(struct sim_pn532 *chip, const char *path, char *why,
    size_t why_size);

/*
 * Take bytes from the host and append what goes back to it. The last command
 * may still wait for a card: then sim_pn532_waits() is true, and an empty
 * span tries again.
 */
void sim_pn532_receive(struct sim_pn532 *chip, struct sim_span bytes,
    struct sim_bytes *out);

/* Whether a command has been confirmed but not answered yet. */
bool sim_pn532_waits(const struct sim_pn532 *chip);

#endif /* SIM_CARD_PN532_H */
