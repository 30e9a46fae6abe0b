#include <algorithm>
#include <nlohmann/json.hpp>

#include "diagnostics/line_indexes.h"
#include "diagnostics/registry.h"

namespace pipec {
namespace {

using Json = nlohmann::ordered_json;

// RFC 3986: what a path segment may hold stays, the rest is percent-encoded.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain = "-._~!$&'()*+,;=@/";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri;
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alphanumeric || kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[byte >> 4];
      uri += kHex[byte & 15];
    }
  }
  return uri;
}

const char* level_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return "none";
}

class SarifRenderer {
 public:
  SarifRenderer(const SourceTexts& texts, std::string_view root) : indexes_(texts), root_(root) {}

  Json result(const Diagnostic& d, size_t rule) {
    Json out = {{"ruleId", d.kind->code}, {"ruleIndex", rule}, {"level", level_of(d.severity())}};
    out["message"]["text"] = message(d);
    if (!d.place.file.empty()) out["locations"] = Json::array({location(d.place)});
    for (size_t i = 0; i < d.labels.size(); ++i) {
      if (d.labels[i].place.file.empty()) continue;
      Json related = location(d.labels[i].place);
      related["id"] = i;
      related["message"]["text"] = d.labels[i].text;
      out["relatedLocations"].push_back(std::move(related));
    }
    if (!d.fix.empty()) out["fixes"] = Json::array({fix(d)});
    return out;
  }

 private:
  static std::string message(const Diagnostic& d) {
    std::string text = d.message;
    for (const std::string& note : d.notes) text += "\n" + note;
    if (!d.help.empty()) text += "\n" + d.help;
    return text;
  }

  Json artifact(const Place& place) const {
    return {{"uri", uri_of(root_ + std::string(place.file.text()))}, {"uriBaseId", "%SRCROOT%"}};
  }

  Json region(const Place& place) {
    const LineIndex* lines = indexes_.of(place.file.text());
    if (!lines) return nullptr;
    const Position start = lines->position(place.span.begin);
    const Position end = lines->position(std::max(place.span.begin, place.span.end));
    return {{"startLine", start.line}, {"startColumn", start.column}, {"endLine", end.line}, {"endColumn", end.column}};
  }

  Json location(const Place& place) {
    Json physical = {{"artifactLocation", artifact(place)}};
    if (Json where = region(place); !where.is_null()) physical["region"] = std::move(where);
    return {{"physicalLocation", std::move(physical)}};
  }

  Json fix(const Diagnostic& d) {
    Json changes = Json::array();
    for (const Edit& edit : d.fix) {
      Json replacement = {{"deletedRegion", region(edit.place)}, {"insertedContent", {{"text", edit.text}}}};
      changes.push_back({{"artifactLocation", artifact(edit.place)}, {"replacements", Json::array({replacement})}});
    }
    return {{"description", {{"text", d.fix_title}}}, {"artifactChanges", std::move(changes)}};
  }

  LineIndexes indexes_;
  std::string root_;
};

Json rule_of(const DiagnosticKind& kind) {
  Json rule = {{"id", kind.code}, {"shortDescription", {{"text", kind.title}}}};
  rule["defaultConfiguration"]["level"] = level_of(kind.severity);
  if (const std::string_view page = diagnostic_page(kind.code); !page.empty()) {
    rule["help"] = {{"text", page}, {"markdown", page}};
  }
  return rule;
}

std::vector<std::string_view> codes_of(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string_view> codes;
  for (const Diagnostic& d : diagnostics) codes.push_back(d.kind->code);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

}  // namespace

std::string render_sarif(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts, std::string_view version,
                         std::string_view root) {
  const std::vector<std::string_view> codes = codes_of(diagnostics);
  Json rules = Json::array();
  for (std::string_view code : codes) rules.push_back(rule_of(*find_diagnostic_kind(code)));
  SarifRenderer renderer(texts, root);
  Json results = Json::array();
  for (const Diagnostic& d : diagnostics) {
    const auto rule = std::lower_bound(codes.begin(), codes.end(), d.kind->code) - codes.begin();
    results.push_back(renderer.result(d, static_cast<size_t>(rule)));
  }
  Json driver = {{"name", "pipec"}, {"version", version}, {"rules", std::move(rules)}};
  Json run = {
      {"tool", {{"driver", std::move(driver)}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(results)}};
  Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}};
  log["runs"] = Json::array({std::move(run)});
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pipec
