/*
 * names.c - Kinh, Khmer and Hoa names as Trà Vinh has them
 *
 * Common parts put together at random; no list of real persons behind them.
 */
#include <stdio.h>

#include "names.h"

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof((array)[0])))

static const char *const surnames[3][12] = {
	{ "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng",
	  "Bùi", "Đỗ", "Ngô", "Trương" },
	{ "Thạch", "Kim", "Sơn", "Lâm", "Kiên", "Danh", "Trầm", "Diệp",
	  "Thạch", "Kiên", "Châu", "Tăng" },
	{ "Lâm", "Quách", "Vương", "Lưu", "Hứa", "Tăng", "Trịnh", "Ong",
	  "La", "Thái", "Mã", "Trần" }
};

static const char *const middles[2][10] = {
	{ "Thị", "Thị Kim", "Thị Mỹ", "Ngọc", "Thị Bích", "Thị Thu", "Cẩm",
	  "Thị Ngọc", "Tuyết", "Thị Hồng" },
	{ "Văn", "Hữu", "Đức", "Minh", "Thành", "Quốc", "Công", "Hoàng",
	  "Tấn", "Trung" }
};

static const char *const givens[2][16] = {
	{ "Ánh", "Diễm", "Hằng", "Huệ", "Kiều", "Lệ", "Linh", "Mỹ", "Ngân",
	  "Nhựt", "Phượng", "Thảo", "Thủy", "Tiên", "Yến", "Quỳnh" },
	{ "An", "Bình", "Cường", "Dũng", "Điền", "Giàu", "Hậu", "Khải",
	  "Lộc", "Nghĩa", "Phước", "Quý", "Tâm", "Thuận", "Vũ", "Mẫu" }
};

static const char *const khmer_givens[2][12] = {
	{ "Thị Sa Rương", "Sô Phia", "Na Ry", "Thị Sà Phiếp", "Chanh Đa",
	  "Sa Vương", "Thị Oanh Na", "Ma Ly", "Thị Sô Khom", "Ra Ny",
	  "Sóc Kha", "Thị Đa Ri" },
	{ "Sa Rây", "Sà Mol", "Phi Rum", "Đa Ra", "Rích Thi", "Sô Phát",
	  "Ngọc Sang", "Chanh Tha", "Sóc Vuông", "Si Tha", "Na Rinh",
	  "Sa Quên" }
};

static const char *const hoa_givens[2][10] = {
	{ "Mỹ Linh", "Tú Anh", "Lệ Quân", "Bội Phân", "Tuyết Hoa",
	  "Ngọc Châu", "Mỹ Phụng", "Tố Trinh", "Huệ Mẫn", "Cẩm Tường" },
	{ "Chấn Hưng", "Gia Bảo", "Kiến Quốc", "Chí Cường", "Vĩnh Phát",
	  "Quốc Hùng", "Chí Thành", "Kim Sanh", "Hán Minh", "Đạt Tài" }
};

enum sim_ethnicity
sim_ethnicity_draw(struct sim_random *random)
{
	unsigned roll = sim_random_below(random, 100);

	return roll < 66 ? SIM_KINH : roll < 98 ? SIM_KHMER : SIM_HOA;
}

const char *
sim_ethnicity_text(enum sim_ethnicity ethnicity)
{
	static const char *const texts[] = { "Kinh", "Khmer", "Hoa" };

	return texts[ethnicity];
}

const char *
sim_surname_draw(enum sim_ethnicity ethnicity, struct sim_random *random)
{
	return surnames[ethnicity][sim_random_below(random,
	    COUNT(surnames[0]))];
}

void
sim_name_draw(const char *surname, enum sim_ethnicity ethnicity, bool male,
    struct sim_random *random, char *out, size_t size)
{
	unsigned middle = sim_random_below(random, COUNT(middles[0]));
	unsigned given = sim_random_below(random, COUNT(givens[0]));

	if (ethnicity == SIM_KHMER)
		snprintf(out, size, "%s %s", surname,
		    khmer_givens[male][given % COUNT(khmer_givens[0])]);
	else if (ethnicity == SIM_HOA)
		snprintf(out, size, "%s %s", surname,
		    hoa_givens[male][given % COUNT(hoa_givens[0])]);
	else
		snprintf(out, size, "%s %s %s", surname,
		    middles[male][middle], givens[male][given]);
}
