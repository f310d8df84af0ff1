/*
 * gateway_answers.h - answers of the insurance gateway, written by hand
 *
 * Shape of 000 from dispatch CV1923 §3; the others have its members with what
 * the dispatch's code list says. Facility 84001; the person does not exist.
 */
#ifndef TESTS_WIRE_GATEWAY_ANSWERS_H
#define TESTS_WIRE_GATEWAY_ANSWERS_H

#define WIRE_LISTS "\"dsLichSuKCB2018\":null,\"dsLichSuKT2018\":null"

#define WIRE_000 \
	"{\"maKetQua\":\"000\",\"ghiChu\":\"Thẻ còn giá trị sử dụng! Họ tên :" \
	" Nguyễn Văn Mẫu, Ngày sinh: 05/03/1994, Giới tính : Nam!\"," \
	"\"maThe\":\"GD4840000000001\",\"hoTen\":\"Nguyễn Văn Mẫu\"," \
	"\"ngaySinh\":\"05/03/1994\",\"gioiTinh\":\"Nam\"," \
	"\"diaChi\":\"Xã Mẫu, Huyện Mẫu, Tỉnh Trà Vinh\"," \
	"\"maDKBD\":\"84006\",\"cqBHXH\":\"Bảo hiểm Xã hội huyện Mẫu\"," \
	"\"gtTheTu\":\"01/01/2026\",\"gtTheDen\":\"31/12/2026\"," \
	"\"maKV\":\"\",\"ngayDu5Nam\":\"01/06/2027\"," \
	"\"maSoBHXH\":\"0000000001\",\"maTheCu\":\"\"," \
	"\"maTheMoi\":\"GD4840000000001\",\"gtTheTuMoi\":\"01/01/2026\"," \
	"\"gtTheDenMoi\":\"31/12/2026\",\"maDKBDMoi\":\"84006\"," \
	"\"tenDKBDMoi\":\"Trung tâm y tế huyện Mẫu\"," \
	"\"dsLichSuKCB2018\":null,\"dsLichSuKT2018\":[{\"userKT\":" \
	"\"84001_BV\",\"thoiGianKT\":\"202611230731\",\"thongBao\":" \
	"\"Thẻ còn giá trị sử dụng!\",\"maLoi\":\"000\"}]}"

#define WIRE_003 \
	"{\"maKetQua\":\"003\",\"ghiChu\":\"Thẻ BHYT cũ hết giá trị sử dụng," \
	" được cấp thẻ mới.\",\"maThe\":\"GD4840000000001\"," \
	"\"hoTen\":\"Nguyễn Văn Mẫu\",\"ngaySinh\":\"05/03/1994\"," \
	"\"gioiTinh\":\"Nam\",\"diaChi\":\"Xã Mẫu\",\"maDKBD\":\"84006\"," \
	"\"cqBHXH\":\"BHXH huyện Mẫu\",\"gtTheTu\":\"01/01/2025\"," \
	"\"gtTheDen\":\"31/12/2025\",\"maKV\":\"\"," \
	"\"ngayDu5Nam\":\"01/06/2027\",\"maSoBHXH\":\"0000000001\"," \
	"\"maTheCu\":\"\",\"maTheMoi\":\"DN4840000000001\"," \
	"\"gtTheTuMoi\":\"01/01/2026\",\"gtTheDenMoi\":\"31/12/2026\"," \
	"\"maDKBDMoi\":\"84001\",\"tenDKBDMoi\":" \
	"\"Bệnh viện đa khoa Trà Vinh\"," WIRE_LISTS "}"

/* The answer to the second lookup, under the card that 003 named. */
#define WIRE_003_NEW \
	"{\"maKetQua\":\"000\",\"ghiChu\":\"Thẻ còn giá trị sử dụng!\"," \
	"\"maThe\":\"DN4840000000001\",\"hoTen\":\"Nguyễn Văn Mẫu\"," \
	"\"ngaySinh\":\"05/03/1994\",\"gioiTinh\":\"Nam\"," \
	"\"diaChi\":\"Xã Mẫu\",\"maDKBD\":\"84001\"," \
	"\"cqBHXH\":\"BHXH huyện Mẫu\",\"gtTheTu\":\"01/01/2026\"," \
	"\"gtTheDen\":\"31/12/2026\",\"maKV\":\"\",\"ngayDu5Nam\":\"\"," \
	"\"maSoBHXH\":\"0000000001\",\"maTheCu\":\"\"," \
	"\"maTheMoi\":\"DN4840000000001\",\"gtTheTuMoi\":\"01/01/2026\"," \
	"\"gtTheDenMoi\":\"31/12/2026\",\"maDKBDMoi\":\"84001\"," \
	"\"tenDKBDMoi\":\"Bệnh viện đa khoa Trà Vinh\"," WIRE_LISTS "}"

/* Old card good until the end of 2026, new one from then on. */
#define WIRE_004 \
	"{\"maKetQua\":\"004\",\"ghiChu\":\"Thẻ BHYT cũ còn giá trị sử dụng," \
	" được cấp thẻ mới\",\"maThe\":\"GD4840000000001\"," \
	"\"hoTen\":\"Nguyễn Văn Mẫu\",\"ngaySinh\":\"05/03/1994\"," \
	"\"gioiTinh\":\"Nam\",\"diaChi\":\"Xã Mẫu\",\"maDKBD\":\"84006\"," \
	"\"cqBHXH\":\"BHXH huyện Mẫu\",\"gtTheTu\":\"01/01/2026\"," \
	"\"gtTheDen\":\"31/12/2026\",\"maKV\":\"K1\"," \
	"\"ngayDu5Nam\":\"01/06/2027\",\"maSoBHXH\":\"0000000001\"," \
	"\"maTheCu\":\"\",\"maTheMoi\":\"DN4840000000001\"," \
	"\"gtTheTuMoi\":\"01/01/2027\",\"gtTheDenMoi\":\"31/12/2027\"," \
	"\"maDKBDMoi\":\"84001\",\"tenDKBDMoi\":" \
	"\"Bệnh viện đa khoa Trà Vinh\"," WIRE_LISTS "}"

#define WIRE_010 \
	"{\"maKetQua\":\"010\",\"ghiChu\":\"Thẻ BHYT hết giá trị sử dụng\"," \
	"\"maThe\":\"GD4840000000002\",\"hoTen\":\"Nguyễn Văn Mẫu\"," \
	"\"ngaySinh\":\"1994\",\"gioiTinh\":\"Nam\",\"diaChi\":\"Xã Mẫu\"," \
	"\"maDKBD\":\"84006\",\"cqBHXH\":\"BHXH huyện Mẫu\"," \
	"\"gtTheTu\":\"01/01/2025\",\"gtTheDen\":\"31/12/2025\"," \
	"\"maKV\":\"\",\"ngayDu5Nam\":\"\",\"maSoBHXH\":\"0000000002\"," \
	"\"maTheCu\":\"\",\"maTheMoi\":\"\",\"gtTheTuMoi\":\"\"," \
	"\"gtTheDenMoi\":\"\",\"maDKBDMoi\":\"\",\"tenDKBDMoi\":\"\"," \
	WIRE_LISTS "}"

/* An answer that holds nothing but a code and its sentence. */
#define WIRE_BARE(code, note) \
	"{\"maKetQua\":\"" code "\",\"ghiChu\":\"" note "\",\"maThe\":null," \
	"\"hoTen\":null,\"ngaySinh\":null,\"gioiTinh\":null," \
	"\"diaChi\":null,\"maDKBD\":null,\"cqBHXH\":null,\"gtTheTu\":null," \
	"\"gtTheDen\":null,\"maKV\":null,\"ngayDu5Nam\":null," \
	"\"maSoBHXH\":null,\"maTheCu\":null,\"maTheMoi\":null," \
	"\"gtTheTuMoi\":null,\"gtTheDenMoi\":null,\"maDKBDMoi\":null," \
	"\"tenDKBDMoi\":null," WIRE_LISTS "}"

#define WIRE_050 WIRE_BARE("050", "Không có thông tin thẻ BHYT")
#define WIRE_060 WIRE_BARE("060", "Thẻ BHYT sai họ tên")
#define WIRE_101 WIRE_BARE("101", "Lỗi server")
#define WIRE_121 WIRE_BARE("121", "Thẻ BHYT đã báo giảm chuyển ngoại tỉnh")
#define WIRE_401 \
	"{\"maKetQua\":\"401\",\"ghiChu\":\"Lỗi xác thực tài khoản\"}"

/* The answer to token/take: seven fractional digits, as the gateway sends. */
#define WIRE_TOKEN(token, expires) \
	"{\"maKetQua\":\"200\",\"APIKey\":{\"access_token\":\"" token "\"," \
	"\"id_token\":\"0e0f5b1c-0000-4000-8000-000000000001\"," \
	"\"token_type\":\"Bearer\",\"username\":\"84001_BV\"," \
	"\"expires_in\":\"" expires "\"}}"

#endif /* TESTS_WIRE_GATEWAY_ANSWERS_H */
