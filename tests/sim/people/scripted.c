/*
 * scripted.c - the persons whose story is written down
 *
 * One for each code of the gateway, then cases that go wrong in other ways.
 * Notes are what practice mode shows beside the name.
 */
#include <stdio.h>
#include <string.h>

#include "dates.h"
#include "names.h"
#include "scripted.h"

#define ENDS_SOON_DAYS 5

static void
know_year_only(struct sim_person *person)
{
	person->birth.month = 0;
	person->birth.day = 0;
	person->gateway_birth = person->birth;
}

static void
end_soon(struct sim_person *person)
{
	person->card.to = sim_date_plus(sim_today(), ENDS_SOON_DAYS);
	person->card.from = sim_date_plus(person->card.to, -364);
}

static void
lengthen_residence(struct sim_person *person)
{
	snprintf(person->residence, sizeof(person->residence), "%s",
	    "Số 128/45A, hẻm 12 lộ nhựa liên ấp, đường Nguyễn Thị Minh "
	    "Khai nối dài, tổ nhân dân tự quản số 19, Ấp Tân Trung Giồng, "
	    "Xã Thạnh Hòa Sơn, Huyện Cầu Ngang, Tỉnh Trà Vinh");
}

static void
empty_residence(struct sim_person *person)
{
	person->residence[0] = '\0';
}

static const struct sim_script scripts[] = {
	{ "code-000", "000", NULL, "Thẻ BHYT còn giá trị: tiếp nhận, hưởng "
	    "BHYT.", 1994, SIM_KINH + 1, NULL },
	{ "code-001", "001", NULL, "Thẻ do BHXH Bộ Quốc phòng quản lý: được "
	    "hưởng, xem thêm thẻ giấy.", 1985, 0, NULL },
	{ "code-002", "002", NULL, "Thẻ do BHXH Bộ Công an quản lý: được "
	    "hưởng, xem thêm thẻ giấy.", 1988, 0, NULL },
	{ "code-003", "003", NULL, "Thẻ cũ hết hạn, đã có thẻ mới: tra lại "
	    "bằng thẻ mới thì được hưởng.", 0, 0, NULL },
	{ "code-004", "004", NULL, "Thẻ cũ còn hạn, đã cấp thẻ mới: dùng "
	    "thẻ đang có hiệu lực hôm nay.", 0, 0, NULL },
	{ "code-010", "010", NULL, "Thẻ BHYT đã hết hạn: không hưởng BHYT.",
	    0, 0, NULL },
	{ "code-050", "050", NULL, "Không có thông tin thẻ BHYT dưới bất kỳ "
	    "số nào.", 0, 0, NULL },
	{ "code-051", "051", NULL, "Cổng báo mã thẻ BHYT không đúng.",
	    0, 0, NULL },
	{ "code-052", "052", NULL, "Cổng báo sai mã tỉnh trên thẻ BHYT.",
	    0, 0, NULL },
	{ "code-053", "053", NULL, "Cổng báo sai mã quyền lợi trên thẻ "
	    "BHYT.", 0, 0, NULL },
	{ "code-054", "054", NULL, "Cổng báo CCCD của nhân viên tra cứu "
	    "chưa đăng ký.", 0, 0, NULL },
	{ "code-055", "055", NULL, "Cổng báo họ tên nhân viên tra cứu không "
	    "khớp CCCD.", 0, 0, NULL },
	{ "code-060", "060", NULL, "Họ tên tại BHXH khác hẳn trên căn cước.",
	    0, 0, NULL },
	{ "code-061", "061", NULL, "Họ tên tại BHXH chỉ đúng phần đầu.",
	    0, 0, NULL },
	{ "code-070", "070", NULL, "Ngày sinh tại BHXH khác trên căn cước.",
	    0, 0, NULL },
	{ "code-100", "100", NULL, "Cổng lỗi khi đọc sổ thẻ: tiếp nhận, tra "
	    "lại sau.", 0, 0, NULL },
	{ "code-101", "101", NULL, "Máy chủ cổng bị lỗi: tiếp nhận, tra lại "
	    "sau.", 0, 0, NULL },
	{ "code-110", "110", NULL, "Thẻ BHYT đã bị thu hồi: không hưởng.",
	    0, 0, NULL },
	{ "code-120", "120", NULL, "Thẻ BHYT đã báo giảm: không hưởng.",
	    0, 0, NULL },
	{ "code-121", "121", NULL, "Đã báo giảm do chuyển ngoại tỉnh; tra "
	    "tiếp bằng thẻ mới.", 0, 0, NULL },
	{ "code-122", "122", NULL, "Đã báo giảm do chuyển nội tỉnh; không "
	    "có thẻ khác.", 0, 0, NULL },
	{ "code-123", "123", NULL, "Đã báo giảm do tăng lại cùng đơn vị; "
	    "không có thẻ khác.", 0, 0, NULL },
	{ "code-124", "124", NULL, "Đã ngừng tham gia BHYT: không hưởng.",
	    0, 0, NULL },
	{ "code-130", "130", NULL, "Trẻ em không xuất trình thẻ: không từ "
	    "chối, xác minh sau.", 2022, 0, NULL },
	{ "code-205", "205", NULL, "Cổng báo sai định dạng tham số.",
	    0, 0, NULL },
	{ "code-401", "401", NULL, "Cổng báo lỗi xác thực tài khoản ở mọi "
	    "lần tra.", 0, 0, NULL },
	{ "code-500", "500", NULL, "Cổng báo lỗi máy chủ 500: tiếp nhận, "
	    "tra lại sau.", 0, 0, NULL },
	{ "fallback", "050", "000", "Số căn cước chưa liên thông; tra bằng "
	    "mã số BHXH thì có thẻ.", 0, 0, NULL },
	{ "moved", "121", NULL, "Số căn cước trả thẻ cũ đã báo giảm; thẻ "
	    "mới thì còn giá trị.", 0, 0, NULL },
	{ "year-only", "000", NULL, "Giấy tờ chỉ có năm sinh.",
	    1955, 0, know_year_only },
	{ "no-expiry", "000", NULL, "Căn cước không thời hạn, người cao "
	    "tuổi.", 1949, 0, NULL },
	{ "child", "000", NULL, "Trẻ em có thẻ căn cước, thẻ BHYT còn giá "
	    "trị.", 2016, 0, NULL },
	{ "long-address", "000", NULL, "Nơi cư trú rất dài, hơn 127 byte.",
	    0, 0, lengthen_residence },
	{ "no-address", "000", NULL, "Nơi cư trú trên chip để trống.",
	    0, 0, empty_residence },
	{ "khmer-name", "000", NULL, "Họ tên người Khmer.",
	    1979, SIM_KHMER + 1, NULL },
	{ "garbage", "", NULL, "Cổng trả về trang HTML thay vì dữ liệu.",
	    0, 0, NULL },
	{ "unknown-code", "999", NULL, "Cổng trả mã chưa biết 999: chưa xác "
	    "minh, không từ chối.", 0, 0, NULL },
	{ "ends-soon", "000", NULL, "Thẻ BHYT còn 5 ngày nữa hết hạn.",
	    0, 0, end_soon },
	{ "slow", "000", NULL, "Cổng trả lời sau 8 giây.", 0, 0, NULL },
	{ "wrong-person", "000", NULL, "Cổng trả về dữ liệu của người khác.",
	    0, 0, NULL }
};

const struct sim_script *
sim_script_at(unsigned index)
{
	return index < sizeof(scripts) / sizeof(scripts[0]) ?
	    &scripts[index] : NULL;
}

unsigned
sim_people_scripted(void)
{
	return (unsigned)(sizeof(scripts) / sizeof(scripts[0]));
}
