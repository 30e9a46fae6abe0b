#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "diagnostics/line_indexes.h"

namespace pipec {
namespace {

// docs.github.com, "Workflow commands": of each level a step shows ten. A message may hold 64 KB, a title 255 signs.
constexpr size_t kShownPerLevel = 10;
constexpr size_t kLongestMessage = 60000;

std::string_view command_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "notice";
  }
  return "notice";
}

// actions/toolkit, escapeData and escapeProperty.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    out += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return out;
}

std::string message_of(const Diagnostic& d) {
  std::string text = d.message;
  for (const std::string& note : d.notes) text += "\n" + note;
  if (!d.help.empty()) text += "\n" + d.help;
  if (text.size() <= kLongestMessage) return text;
  size_t cut = kLongestMessage;
  while ((static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;  // not within a code point
  return text.substr(0, cut);
}

// Columns are understood only where they are of one line.
std::string properties_of(const Diagnostic& d, LineIndexes& indexes, std::string_view root) {
  std::string out = fmt::format("title={}", escaped(fmt::format("{}: {}", d.kind->code, d.kind->title), true));
  if (d.place.file.empty()) return out;
  out += fmt::format(",file={}", escaped(std::string(root) + std::string(d.place.file.text()), true));
  const LineIndex* lines = indexes.of(d.place.file.text());
  if (!lines) return out;
  const Position start = lines->position(d.place.span.begin);
  const Position end = lines->position(std::max(d.place.span.begin, d.place.span.end));
  out += fmt::format(",line={},endLine={}", start.line, end.line);
  if (start.line == end.line) out += fmt::format(",col={},endColumn={}", start.column, end.column);
  return out;
}

}  // namespace

std::string render_github(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts, std::string_view root) {
  LineIndexes indexes(texts);
  std::string out;
  size_t left_off = 0;
  for (Severity severity : std::array{Severity::Error, Severity::Warning, Severity::Note}) {
    // The closing line takes the place of one notice.
    size_t room = severity == Severity::Note ? kShownPerLevel - 1 : kShownPerLevel;
    for (const Diagnostic& d : diagnostics) {
      if (d.severity() != severity) continue;
      if (room == 0) {
        ++left_off;
        continue;
      }
      --room;
      out += fmt::format("::{} {}::{}\n", command_of(severity), properties_of(d, indexes, root),
                         escaped(message_of(d), false));
    }
  }
  if (left_off > 0) out += fmt::format("::notice title=pipec::{} more in the log of this step\n", left_off);
  return out;
}

}  // namespace pipec
