/*
 * lds.c - EF.COM, DG1 and DG2 of a person's card
 */
#include "lds.h"
#include "portrait.h"
#include "tlv.h"

/* Tags of the data groups, in the order in which a real card lists them. */
static const struct {
	int file;
	unsigned tag;
} listed[] = {
	{ SIM_EF_DG1, 0x61 },
	{ SIM_EF_DG2, 0x75 },
	{ SIM_EF_DG3, 0x63 },
	{ SIM_EF_DG13, 0x6d },
	{ SIM_EF_DG15, 0x6f },
	{ SIM_EF_DG14, 0x6e },
};

void
sim_lds_com(const struct sim_profile *profile, struct sim_bytes *out)
{
	struct sim_bytes body = SIM_BYTES_INIT, tags = SIM_BYTES_INIT;
	size_t i;

	for (i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
		if (profile->file[listed[i].file].len > 0)
			sim_put_u8(&tags, listed[i].tag);
	}
	sim_tlv_put_text(&body, 0x5f01, "0107");
	sim_tlv_put_text(&body, 0x5f36, "040000");
	sim_tlv_put(&body, 0x5c, sim_view(&tags));
	sim_tlv_put(out, 0x60, sim_view(&body));
	sim_bytes_free(&body);
	sim_bytes_free(&tags);
}

void
sim_lds_dg1(const struct sim_person *person, struct sim_bytes *out)
{
	struct sim_bytes body = SIM_BYTES_INIT;
	char mrz[SIM_TD1_LEN + 1];

	sim_mrz_td1(person, mrz);
	sim_tlv_put_text(&body, 0x5f1f, mrz);
	sim_tlv_put(out, 0x61, sim_view(&body));
	sim_bytes_free(&body);
}

/* Facial record: 14 + 20 + 12 bytes, then the image. ISO/IEC 19794-5 §5 */
static void
put_face(struct sim_span image, bool male, struct sim_bytes *out)
{
	size_t face = 20 + 12 + image.len;

	sim_put(out, sim_span("FAC\0" "010\0", 8));
	sim_put_uint(out, 14 + face, 4);
	sim_put_uint(out, 1, 2);		/* faces */

	sim_put_uint(out, face, 4);
	sim_put_uint(out, 0, 2);		/* feature points */
	sim_put_u8(out, male ? 1 : 2);
	sim_put_fill(out, 0, 1 + 1 + 3 + 2 + 3 + 3);

	sim_put_u8(out, 1);			/* full frontal */
	sim_put_u8(out, 0);			/* JPEG */
	sim_put_uint(out, SIM_PORTRAIT_WIDTH, 2);
	sim_put_uint(out, SIM_PORTRAIT_HEIGHT, 2);
	sim_put_u8(out, 1);			/* sRGB */
	sim_put_u8(out, 2);			/* digital camera */
	sim_put_fill(out, 0, 2 + 2);
	sim_put(out, image);
}

void
sim_lds_dg2(const struct sim_person *person, struct sim_bytes *out)
{
	struct sim_bytes face = SIM_BYTES_INIT, header = SIM_BYTES_INIT;
	struct sim_bytes biometric = SIM_BYTES_INIT, group = SIM_BYTES_INIT;

	put_face(sim_portrait(person->male), person->male, &face);
	/* Face, frontal; format owner ISO/IEC JTC 1/SC 37, format 19794-5 */
	sim_put_hex(&header, "810102" "820100" "87020101" "88020008");
	sim_tlv_put(&biometric, 0xa1, sim_view(&header));
	sim_tlv_put(&biometric, 0x5f2e, sim_view(&face));
	sim_tlv_put_int(&group, 1);
	sim_tlv_put(&group, 0x7f60, sim_view(&biometric));
	sim_bytes_clear(&face);
	sim_tlv_put(&face, 0x7f61, sim_view(&group));
	sim_tlv_put(out, 0x75, sim_view(&face));
	sim_bytes_free(&face);
	sim_bytes_free(&header);
	sim_bytes_free(&biometric);
	sim_bytes_free(&group);
}
