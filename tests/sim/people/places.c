/*
 * places.c - communes and facilities of Trà Vinh
 *
 * Some communes of each district with the facility that the 2016 catalogue
 * of the health insurance lists for it; the district hospital where it lists
 * none. Houses and streets are made up.
 */
#include <stdio.h>
#include <string.h>

#include "places.h"

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof((array)[0])))

static const struct sim_place places[] = {
	{ "Phường 4", "Thành phố Trà Vinh", "84001",
	  "Bệnh viện đa khoa Trà Vinh" },
	{ "Phường 7", "Thành phố Trà Vinh", "84001",
	  "Bệnh viện đa khoa Trà Vinh" },
	{ "Xã Long Đức", "Thành phố Trà Vinh", "84021",
	  "Phòng khám đa khoa khu vực xã Long Đức" },
	{ "Thị trấn Càng Long", "Huyện Càng Long", "84002",
	  "Bệnh viện đa khoa huyện Càng Long" },
	{ "Xã Mỹ Cẩm", "Huyện Càng Long", "84053", "Trạm y tế xã Mỹ Cẩm" },
	{ "Xã Tân An", "Huyện Càng Long", "84012",
	  "Phòng khám đa khoa khu vực xã Tân An" },
	{ "Xã Châu Điền", "Huyện Cầu Kè", "84046",
	  "Trạm y tế xã Châu Điền" },
	{ "Xã Hòa Ân", "Huyện Cầu Kè", "84047", "Trạm y tế xã Hòa Ân" },
	{ "Xã Tập Ngãi", "Huyện Tiểu Cần", "84017",
	  "Phòng khám đa khoa khu vực xã Tập Ngãi" },
	{ "Xã Hiếu Tử", "Huyện Tiểu Cần", "84043", "Trạm y tế xã Hiếu Tử" },
	{ "Xã Đa Lộc", "Huyện Châu Thành", "84057", "Trạm y tế xã Đa Lộc" },
	{ "Xã Phước Hảo", "Huyện Châu Thành", "84058",
	  "Trạm y tế xã Phước Hảo" },
	{ "Xã Lương Hòa", "Huyện Châu Thành", "84025",
	  "Trạm y tế xã Lương Hòa" },
	{ "Xã Nhị Trường", "Huyện Cầu Ngang", "84038",
	  "Phòng khám đa khoa khu vực xã Nhị Trường" },
	{ "Xã Thạnh Hòa Sơn", "Huyện Cầu Ngang", "84037",
	  "Phòng khám đa khoa khu vực xã Thạnh Hòa Sơn" },
	{ "Thị trấn Trà Cú", "Huyện Trà Cú", "84006",
	  "Bệnh viện đa khoa huyện Trà Cú" },
	{ "Xã Long Hiệp", "Huyện Trà Cú", "84015",
	  "Phòng khám đa khoa khu vực xã Long Hiệp" },
	{ "Xã Ngọc Biên", "Huyện Trà Cú", "84084",
	  "Trạm y tế xã Ngọc Biên" },
	{ "Xã Lưu Nghiệp Anh", "Huyện Trà Cú", "84130",
	  "Trạm y tế xã Lưu Nghiệp Anh" },
	{ "Xã Long Vĩnh", "Huyện Duyên Hải", "84050",
	  "Trạm y tế xã Long Vĩnh" },
	{ "Xã Đôn Châu", "Huyện Duyên Hải", "84029",
	  "Trạm y tế xã Đôn Châu" },
	{ "Xã Dân Thành", "Thị xã Duyên Hải", "84011",
	  "Phòng khám đa khoa khu vực xã Dân Thành" },
	{ "Xã Hiệp Thạnh", "Thị xã Duyên Hải", "84049",
	  "Trạm y tế xã Hiệp Thạnh" }
};

static const char *const hamlets[] = {
	"Ấp Đầu Giồng", "Ấp Cây Hẹ", "Ấp Ô Rồm", "Ấp Giồng Lức", "Ấp Chợ",
	"Ấp Tân Trung Giồng", "Ấp Ba Trạch", "Ấp Trà Kháo", "Khóm 3"
};

static const char *const streets[] = {
	"Nguyễn Thị Minh Khai", "Nguyễn Đáng", "Sơn Thông",
	"Phạm Ngũ Lão", "Điện Biên Phủ"
};

/* The name without its kind: "Phước Hảo" of "Xã Phước Hảo". */
static const char *
bare(const char *name)
{
	static const char *const kinds[] = {
		"Xã ", "Thị trấn ", "Huyện ", "Thị xã ", "Thành phố "
	};
	unsigned i;

	for (i = 0; i < COUNT(kinds); i++) {
		if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
			return name + strlen(kinds[i]);
	}
	return name;
}

const struct sim_place *
sim_place_draw(struct sim_random *random)
{
	return &places[sim_random_below(random, COUNT(places))];
}

const char *
sim_facility_name(const char *code)
{
	unsigned i;

	for (i = 0; i < COUNT(places); i++) {
		if (strcmp(places[i].facility, code) == 0)
			return places[i].facility_name;
	}
	return "Cơ sở khám chữa bệnh mẫu";
}

void
sim_place_origin(const struct sim_place *place, char *out, size_t size)
{
	snprintf(out, size, "%s, %s, Trà Vinh", bare(place->commune),
	    bare(place->district));
}

void
sim_place_residence(const struct sim_place *place,
    struct sim_random *random, char *out, size_t size)
{
	const char *hamlet = hamlets[sim_random_below(random, COUNT(hamlets))];

	snprintf(out, size, "%s, %s, %s, Trà Vinh", hamlet,
	    bare(place->commune), bare(place->district));
}

void
sim_place_residence_long(const struct sim_place *place,
    struct sim_random *random, char *out, size_t size)
{
	unsigned house = 1 + sim_random_below(random, 400);
	const char *street = streets[sim_random_below(random, COUNT(streets))];
	const char *hamlet = hamlets[sim_random_below(random, COUNT(hamlets))];

	snprintf(out, size, "Số nhà %u/%uA, hẻm lộ nhựa liên ấp, đường %s, "
	    "tổ nhân dân tự quản số %u, %s, %s, %s, Tỉnh Trà Vinh", house,
	    1 + house % 90, street, 1 + house % 19, hamlet, place->commune,
	    place->district);
}
