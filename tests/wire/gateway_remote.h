/*
 * gateway_remote.h - what each function of the gateway answers, by version
 *
 * Written by hand from the dispatches and decisions that eligibility/remote.h
 * names; people and numbers do not exist. A new version of a function brings
 * its own recording here before it brings a row there.
 */
#ifndef TESTS_WIRE_GATEWAY_REMOTE_H
#define TESTS_WIRE_GATEWAY_REMOTE_H

/* Lskcb2025 (CV 2746/BHXH-CNTT). */
#define WIRE_HISTORY_2025 \
	"{\"maKetQua\":\"000\",\"ghiChu\":null,\"dsLichSuKCB2025\":[" \
	"{\"maHoSo\":\"1234567\",\"maCSKCB\":\"84001\"," \
	"\"ngayVao\":\"202610050731\",\"ngayRa\":\"202610050915\"," \
	"\"tenBenh\":\"J06 - Nhiễm khuẩn hô hấp trên cấp\"," \
	"\"tinhTrang\":\"1\",\"kqDieuTri\":\"2\",\"lyDoVV\":\"1.2\"}," \
	"{\"maHoSo\":\"1234001\",\"maCSKCB\":\"84006\"," \
	"\"ngayVao\":\"202609010800\",\"ngayRa\":\"\",\"tenBenh\":null," \
	"\"tinhTrang\":null,\"kqDieuTri\":null,\"lyDoVV\":\"3\"}]}"
#define WIRE_HISTORY_2025_NONE \
	"{\"maKetQua\":\"000\",\"ghiChu\":null,\"dsLichSuKCB2025\":[]}"
#define WIRE_HISTORY_2025_NULL \
	"{\"maKetQua\":\"000\",\"ghiChu\":null,\"dsLichSuKCB2025\":null}"

/* TraCuuTienMCCT (CV 1839/CNTT-PM). One row: its discharge, its running sum. */
#define WIRE_PAYMENT(discharged, total) \
	"{\"Id\":1,\"ngayTraCuu\":\"23/11/2026\"," \
	"\"maThe\":\"GD4840000000001\",\"maCskcb\":\"84001\"," \
	"\"ngayVao\":\"" discharged "\",\"ngayRa\":\"" discharged "\"," \
	"\"maDoiTuongKCB\":\"1.1\",\"tBNCCTMCCT\":100000," \
	"\"tBNCCTLuyKe\":" total ",\"ngayNhanCong\":\"\",\"ngayNhan\":\"\"," \
	"\"duPhong1\":null}"
#define WIRE_COPAYMENT_2026(rows) \
	"{\"MaKetQua\":\"200\",\"GhiChu\":" \
	"\"Dữ liệu tính đến ngày 22/11/2026\",\"DataCCT\":[" rows "]," \
	"\"ThongTinSoThe\":{\"hoTen\":\"Nguyễn Văn Mẫu\"," \
	"\"ngaySinh\":\"05/03/1994\",\"ngayKetThuc\":\"31/12/2026\"," \
	"\"maBhxh\":\"0000000001\"}}"
#define WIRE_COPAYMENT_2026_NONE \
	"{\"MaKetQua\":\"204\",\"GhiChu\":\"Không có dữ liệu\"," \
	"\"DataCCT\":null,\"ThongTinSoThe\":null}"
#define WIRE_COPAYMENT_2026_RESTRICTED \
	"{\"MaKetQua\":\"500\",\"GhiChu\":" \
	"\"Có lỗi xảy ra trong quá trình tra cứu!\",\"DataCCT\":null," \
	"\"ThongTinSoThe\":null}"
#define WIRE_COPAYMENT_2026_FAULT \
	"{\"MaKetQua\":\"500\",\"GhiChu\":\"Có lỗi hệ thống\"," \
	"\"DataCCT\":null,\"ThongTinSoThe\":null}"

/* checkInKcbQd3176, …Qd4750, …Qd130: one contract. */
#define WIRE_CHECK_IN(code, transaction, words) \
	"{\"maKetQua\":\"" code "\",\"maGiaoDich\":\"" transaction "\"," \
	"\"thoiGianTiepNhan\":\"20261123073112\",\"thongDiep\":\"" words \
	"\"}"
#define WIRE_CHECK_IN_GOOD \
	WIRE_CHECK_IN("200", "840012611230001", "Tiếp nhận thành công")

#endif /* TESTS_WIRE_GATEWAY_REMOTE_H */
