/*
 * form_html.c - a report as one page that prints
 *
 * No scripts, nothing from elsewhere: it opens from a file, an e-mail or the
 * province page alike. A share is drawn as a bar behind its number, time as
 * columns of attempts with what was confirmed inside them.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/forms.h"
#include "report/sheets.h"
#include "report/words.h"

#define CHART_WIDTH 920
#define CHART_HEIGHT 160

struct page {
	const struct ck_catalogue *catalogue;
	struct ck_buf *out;
	enum ck_err err;
};

static const char style[] =
    "@page{size:A4;margin:14mm}"
    "body{font:14px/1.45 'Noto Sans','Segoe UI',system-ui,sans-serif;"
    "color:#1b2430;max-width:1000px;margin:2rem auto;padding:0 1.5rem}"
    "h1{font-size:1.5rem;margin:0 0 .25rem}"
    "h2{font-size:1.05rem;margin:2rem 0 .5rem;break-after:avoid}"
    ".sentence{font-size:1.15rem;border-left:4px solid #0b6e4f;"
    "padding:.5rem 1rem;background:#f1f7f4;margin:1rem 0}"
    ".note{color:#55606e;font-size:.9rem}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:"
    "tabular-nums}"
    "th{font-weight:600;text-align:left;border-bottom:2px solid #1b2430;"
    "padding:.3rem .4rem;vertical-align:bottom;font-size:.8rem}"
    "td{border-bottom:1px solid #dde2e8;padding:.25rem .4rem}"
    "th.n,td.n{text-align:right}td.n{white-space:nowrap}"
    "th:first-child{min-width:9rem}"
    "td.s{position:relative;min-width:5rem}"
    "td.s i{position:absolute;left:0;top:50%;height:1.3em;"
    "margin-top:-.65em;background:#bfe3d2}td.s b{position:relative;font-weight:400}"
    "td.h{color:#8a94a0}tr{break-inside:avoid}thead{display:"
    "table-header-group}"
    "svg{width:100%;height:auto;display:block}"
    ".legend span{display:inline-block;width:.8em;height:.8em;"
    "margin:0 .3em 0 1em}"
    "@media print{body{margin:0;padding:0;max-width:none;font-size:11px}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

static void
put(struct page *page, const char *text, size_t len)
{
	if (page->err == CK_OK)
		page->err = ck_buf_append(page->out, ck_span_of(text, len));
}

static void
put_raw(struct page *page, const char *html)
{
	put(page, html, strlen(html));
}

/* Text as text: names come from a file that somebody wrote. */
static void
put_text(struct page *page, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '<':
			put_raw(page, "&lt;");
			break;
		case '>':
			put_raw(page, "&gt;");
			break;
		case '&':
			put_raw(page, "&amp;");
			break;
		case '"':
			put_raw(page, "&quot;");
			break;
		default:
			put(page, text, 1);
			break;
		}
	}
}

static void __attribute__((format(printf, 2, 3)))
print(struct page *page, const char *format, ...)
{
	char line[256];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(line))
		page->err = CK_ERR_LIMIT;
	else
		put(page, line, (size_t)len);
}

static const char *
words(const struct page *page, const char *id)
{
	return ck_catalogue_text(page->catalogue, id);
}

static void
put_value(struct page *page, const struct ck_column *column,
    const struct ck_value *value)
{
	char buffer[CK_WORDS_LEN];
	const char *text;

	ck_words_value(page->catalogue, column, value, &text, buffer);
	if (column->kind == CK_COLUMN_TEXT)
		put_raw(page, "<td>");
	else if (value->kind != CK_VALUE_GIVEN)
		put_raw(page, "<td class=\"n h\">");
	else if (column->kind == CK_COLUMN_COUNT)
		put_raw(page, "<td class=\"n\">");
	else
		print(page, "<td class=\"n s\"><i style=\"width:%" PRId64
		    "%%\"></i><b>", value->count * 100 / value->of);
	put_text(page, text);
	put_raw(page, column->kind == CK_COLUMN_SHARE &&
	    value->kind == CK_VALUE_GIVEN ? "</b></td>" : "</td>");
}

static void
put_table(struct page *page, const struct ck_sheet *sheet)
{
	size_t row, column;

	put_raw(page, "<table><thead><tr>");
	for (column = 0; column < sheet->column_count; column++) {
		put_raw(page, sheet->columns[column].kind == CK_COLUMN_TEXT ?
		    "<th scope=\"col\">" : "<th scope=\"col\" class=\"n\">");
		put_text(page, sheet->columns[column].title);
		put_raw(page, "</th>");
	}
	put_raw(page, "</tr></thead><tbody>\n");
	for (row = 0; row < sheet->row_count; row++) {
		put_raw(page, "<tr>");
		for (column = 0; column < sheet->column_count; column++)
			put_value(page, &sheet->columns[column],
			    ck_sheet_value(sheet, row, column));
		put_raw(page, "</tr>\n");
	}
	put_raw(page, "</tbody></table>\n");
}

/* --- Time as columns --------------------------------------------------------- */

static int64_t
largest(const json_t *days)
{
	const json_t *day;
	int64_t most = 1;
	size_t i;

	json_array_foreach(days, i, day) {
		json_int_t total = json_integer_value(json_object_get(
		    json_object_get(day, "cccd"), "total"));

		if (total > most)
			most = total;
	}

	return most;
}

static void
put_bar(struct page *page, double x, double width, int64_t count,
    int64_t most, const char *colour)
{
	double height = (double)count / (double)most * CHART_HEIGHT;

	print(page, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"%.1f\" fill=\"%s\"/>", x,
	    (double)CHART_HEIGHT - height, width, height, colour);
}

/* A number that is not told is not 0: an outline in its place, as high as the
 * attempts where these are told. */
static void
put_outline(struct page *page, double x, double width, const json_t *total,
    int64_t most)
{
	double height = !json_is_integer(total) ? CHART_HEIGHT :
	    (double)json_integer_value(total) / (double)most * CHART_HEIGHT;

	print(page, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	    "height=\"%.1f\" fill=\"none\" stroke=\"#5b6b7b\" "
	    "stroke-dasharray=\"3 2\"/>", x, (double)CHART_HEIGHT - height,
	    width, height);
}

static void
put_bars(struct page *page, const json_t *days)
{
	double step = (double)CHART_WIDTH / (double)json_array_size(days);
	double width = step > 3 ? step - 1 : step * 0.8;
	int64_t most = largest(days);
	const json_t *day;
	size_t i;

	json_array_foreach(days, i, day) {
		const json_t *cccd = json_object_get(day, "cccd");
		const json_t *total = json_object_get(cccd, "total");
		const json_t *covered = json_object_get(cccd, "covered");
		double x = step * (double)i;

		if (!json_is_integer(total) || !json_is_integer(covered)) {
			put_outline(page, x, width, total, most);
			continue;
		}
		put_bar(page, x, width, json_integer_value(total), most,
		    "#c9d2dc");
		put_bar(page, x, width, json_integer_value(covered), most,
		    "#0b6e4f");
	}
	print(page, "<text x=\"0\" y=\"-6\">%" PRId64 "</text>", most);
}

static void
put_ends(struct page *page, const json_t *days)
{
	char first[CK_WORDS_LEN], last[CK_WORDS_LEN];

	ck_words_time(page->catalogue, ck_json_text(json_array_get(days, 0),
	    "key"), first);
	ck_words_time(page->catalogue, ck_json_text(json_array_get(days,
	    json_array_size(days) - 1), "key"), last);
	print(page, "<text x=\"0\" y=\"%d\">%s</text>", CHART_HEIGHT + 16,
	    first);
	print(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
	    CHART_WIDTH, CHART_HEIGHT + 16, last);
}

static void
put_chart(struct page *page, const json_t *document)
{
	const json_t *days = json_object_get(json_object_get(document,
	    "groups"), "day");

	if (json_array_size(days) < 2)
		return;
	put_raw(page, "<h2>");
	put_text(page, words(page, "report.chart"));
	print(page, "</h2>\n<svg viewBox=\"0 -20 %d %d\" role=\"img\" "
	    "font-size=\"12\" fill=\"#55606e\">", CHART_WIDTH,
	    CHART_HEIGHT + 42);
	put_bars(page, days);
	put_ends(page, days);
	put_raw(page, "</svg><p class=\"note legend\"><span style=\""
	    "background:#0b6e4f\"></span>");
	put_text(page, words(page, "report.column.confirmed"));
	put_raw(page, "<span style=\"background:#c9d2dc\"></span>");
	put_text(page, words(page, "report.chart.unconfirmed"));
	if (json_is_true(json_object_get(document, "public"))) {
		put_raw(page, "<span style=\"border:1px dashed #5b6b7b\">"
		    "</span>");
		put_text(page, words(page, "report.hidden"));
	}
	put_raw(page, "</p>\n");
}

/* --- The page ------------------------------------------------------------------ */

static void
put_sentence(struct page *page, const json_t *document)
{
	struct ck_buf sentence = CK_BUF_INIT;
	enum ck_err err = ck_words_sentence(document, page->catalogue,
	    &sentence);

	if (err == CK_OK)
		err = ck_buf_push(&sentence, '\0');
	if (err == CK_OK)
		put_text(page, (const char *)sentence.ptr);
	else
		page->err = err;
	ck_buf_wipe(&sentence);
}

static void
put_head(struct page *page, const json_t *document)
{
	char made[CK_WORDS_LEN];
	const char *id = json_is_true(json_object_get(document, "public")) ?
	    "report.public" : "report.internal";

	print(page, "<!doctype html><html lang=\"%s\"><head><meta "
	    "charset=\"utf-8\"><meta name=\"viewport\" content=\"width="
	    "device-width\"><title>", ck_catalogue_language(page->catalogue));
	put_text(page, words(page, "report.title"));
	put_raw(page, "</title><style>");
	put_raw(page, style);
	put_raw(page, "</style></head><body><h1>");
	put_text(page, words(page, "report.title"));
	put_raw(page, "</h1><p class=\"note\">");
	ck_words_time(page->catalogue, ck_json_text(document, "made_at"),
	    made);
	put_text(page, words(page, "report.made_at"));
	put_raw(page, " ");
	put_text(page, made);
	put_raw(page, " · ");
	put_text(page, words(page, id));
	put_raw(page, "</p><p class=\"sentence\">");
	put_sentence(page, document);
	put_raw(page, "</p>\n");
}

static void
put_sheet(struct page *page, const struct ck_sheet *sheet)
{
	put_raw(page, "<h2>");
	put_text(page, sheet->title);
	put_raw(page, "</h2>\n");
	if (sheet->row_count > 0) {
		put_table(page, sheet);
	} else {
		put_raw(page, "<p>");
		put_text(page, sheet->empty);
		put_raw(page, "</p>\n");
	}
}

enum ck_err
ck_report_html(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out)
{
	struct page page = { catalogue, out, CK_OK };
	struct ck_sheets sheets = { 0 };
	size_t i;

	page.err = ck_sheets_make(document, catalogue, &sheets);
	put_head(&page, document);
	for (i = 0; i < sheets.count && page.err == CK_OK; i++) {
		if (i == 1)
			put_chart(&page, document);
		put_sheet(&page, &sheets.list[i]);
	}
	put_raw(&page, "<p class=\"note\">");
	put_text(&page, words(&page, "report.definitions"));
	put_raw(&page, "</p></body></html>\n");
	ck_sheets_wipe(&sheets);

	return page.err;
}
