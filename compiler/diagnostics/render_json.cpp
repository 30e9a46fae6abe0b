#include <algorithm>
#include <nlohmann/json.hpp>

#include "diagnostics/line_indexes.h"

namespace pipec {
namespace {

using Json = nlohmann::ordered_json;

class JsonRenderer {
 public:
  explicit JsonRenderer(const SourceTexts& texts) : indexes_(texts) {}

  Json diagnostic(const Diagnostic& d) {
    Json result;
    result["code"] = d.kind->code;
    result["severity"] = d.severity() == Severity::Error     ? "error"
                         : d.severity() == Severity::Warning ? "warning"
                                                             : "note";
    result["title"] = d.kind->title;
    result["message"] = d.message;
    add_place(result, d.place);
    result["at"] = d.at;
    result["labels"] = Json::array();
    for (const Label& label : d.labels) {
      Json item = Json::object();
      add_place(item, label.place);
      item["text"] = label.text;
      result["labels"].push_back(std::move(item));
    }
    result["notes"] = d.notes;
    result["help"] = d.help;
    if (!d.fix.empty()) {
      Json edits = Json::array();
      for (const Edit& edit : d.fix) {
        Json item = Json::object();
        add_place(item, edit.place);
        item["text"] = edit.text;
        edits.push_back(std::move(item));
      }
      result["fix"] = {{"title", d.fix_title}, {"edits", std::move(edits)}};
    }
    return result;
  }

 private:
  void add_place(Json& target, const Place& place) {
    if (place.file.empty()) return;
    target["path"] = place.file.text();
    const LineIndex* lines = indexes_.of(place.file.text());
    if (!lines) return;
    target["start"] = position(*lines, place.span.begin);
    target["end"] = position(*lines, std::max(place.span.begin, place.span.end));
  }

  static Json position(const LineIndex& lines, uint32_t offset) {
    Position position = lines.position(offset);
    return {{"line", position.line}, {"column", position.column}, {"offset", offset}};
  }

  LineIndexes indexes_;
};

}  // namespace

std::string render_json(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts) {
  JsonRenderer renderer(texts);
  auto count = [&](Severity severity) {
    return std::count_if(diagnostics.begin(), diagnostics.end(),
                         [&](const Diagnostic& d) { return d.severity() == severity; });
  };
  Json result;
  result["format_version"] = 1;
  result["errors"] = count(Severity::Error);
  result["warnings"] = count(Severity::Warning);
  result["diagnostics"] = Json::array();
  for (const Diagnostic& d : diagnostics) result["diagnostics"].push_back(renderer.diagnostic(d));
  // A path or a quoted name may hold bytes that are no UTF-8.
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pipec
