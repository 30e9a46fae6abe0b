#include "base/csv.h"

namespace pipec {
namespace {

class CsvParser {
 public:
  explicit CsvParser(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  CsvText run() {
    while (at_ < text_.size() && out_.error.empty()) {
      if (at_line_end()) {
        skip_line_end();
        continue;
      }
      out_.rows.push_back(row());
    }
    return std::move(out_);
  }

 private:
  bool at_line_end() const { return text_[at_] == '\n' || text_[at_] == '\r'; }
  void skip_line_end() { at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1; }

  CsvRow row() {
    CsvRow row;
    while (true) {
      row.push_back(field());
      if (!out_.error.empty() || at_ >= text_.size()) return row;
      if (at_line_end()) {
        skip_line_end();
        return row;
      }
      ++at_;  // the comma
    }
  }

  CsvField field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    size_t end = text_.find_first_of(",\r\n", at_);
    if (end == std::string_view::npos) end = text_.size();
    CsvField field{std::string(text_.substr(at_, end - at_)), false, span(at_, end)};
    at_ = end;
    return field;
  }

  CsvField quoted() {
    size_t begin = at_++;
    CsvField field;
    field.quoted = true;
    while (true) {
      size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos) {
        fail("the quoted field does not end", begin, begin + 1);
        at_ = text_.size();
        return field;
      }
      field.text += text_.substr(at_, quote - at_);
      at_ = quote + 1;
      if (at_ >= text_.size() || text_[at_] != '"') break;
      field.text += '"';
      ++at_;
    }
    field.span = span(begin, at_);
    bool ends = at_ >= text_.size() || text_[at_] == ',' || at_line_end();
    if (!ends) fail("something stands behind the end of a quoted field", at_, at_ + 1);
    return field;
  }

  void fail(const char* error, size_t begin, size_t end) {
    out_.error = error;
    out_.error_at = span(begin, end);
  }
  static Span span(size_t begin, size_t end) { return {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}; }

  std::string_view text_;
  size_t at_ = 0;
  CsvText out_;
};

}  // namespace

CsvText parse_csv(std::string_view text) {
  return CsvParser(text).run();
}

}  // namespace pipec
