/*
 * tlv.h - BER-TLV objects: written for files, read from commands
 *
 * Source: ISO/IEC 7816-4 §5.2.2; tags of up to two bytes, definite lengths.
 */
#ifndef SIM_CARD_TLV_H
#define SIM_CARD_TLV_H

#include "bytes.h"

/* Append tag, shortest length and value. tag 0x7F49 is written as 7F 49. */
void sim_tlv_put(struct sim_bytes *out, unsigned tag, struct sim_span value);

/* Append a DER INTEGER of a small non-negative value. */
void sim_tlv_put_int(struct sim_bytes *out, unsigned value);

/* Append tag with the bytes of a C string. */
void sim_tlv_put_text(struct sim_bytes *out, unsigned tag, const char *text);

/*
 * Take the first object off *rest. False when rest is empty or malformed;
 * *rest is then unchanged.
 */
bool sim_tlv_next(struct sim_span *rest, unsigned *tag,
    struct sim_span *value);

/* Find the first object with tag on this level. False when there is none. */
bool sim_tlv_find(struct sim_span in, unsigned tag, struct sim_span *value);

#endif /* SIM_CARD_TLV_H */
