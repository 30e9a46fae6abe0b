#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "diagnostics/render.h"
#include "diagnostics/snippet.h"

namespace pipec {
namespace {

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kBlue = "\x1b[1;34m";
constexpr std::string_view kCyan = "\x1b[1;36m";
constexpr std::string_view kReset = "\x1b[0m";

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return "";
}

std::string_view severity_color(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return kRed;
    case Severity::Warning:
      return kYellow;
    case Severity::Note:
      return kCyan;
  }
  return "";
}

struct Source {
  std::string_view text;
  LineIndex lines;
};

// A file's part of a frame: its marks by line.
struct Section {
  Symbol file;
  const Source* source = nullptr;
  Position start;  // of the first place
  std::map<uint32_t, std::vector<snippet::Mark>> lines;
};

class TextRenderer {
 public:
  TextRenderer(const SourceTexts& texts, RenderOptions options) : texts_(texts), options_(std::move(options)) {}

  void add(const Diagnostic& diagnostic) {
    severity_ = diagnostic.severity();
    paint(severity_color(severity_), fmt::format("{}[{}]", severity_word(severity_), diagnostic.kind->code));
    paint(kBold, ": " + snippet::printable(diagnostic.message));
    out_ += '\n';
    std::vector<Section> sections = sections_of(diagnostic);
    size_t gutter = 1;
    for (const Section& section : sections) {
      if (!section.lines.empty()) gutter = std::max(gutter, fmt::formatted_size("{}", section.lines.rbegin()->first));
    }
    for (size_t i = 0; i < sections.size(); ++i) add_section(sections[i], i == 0, gutter);
    for (const std::string& note : diagnostic.notes) add_note("note", note, gutter);
    if (!diagnostic.help.empty()) add_note("help", diagnostic.help, gutter);
    if (!diagnostic.fix_title.empty()) add_note("fix", diagnostic.fix_title, gutter);
    out_ += '\n';
  }

  void add_count(Severity worst, const std::string& words) {
    paint(severity_color(worst), severity_word(worst));
    paint(kBold, ": " + words);
    out_ += '\n';
  }

  std::string take() { return std::move(out_); }

 private:
  void paint(std::string_view color, std::string_view text) {
    if (options_.color) out_ += color;
    out_ += text;
    if (options_.color) out_ += kReset;
  }

  const Source* source(Symbol file) {
    auto known = sources_.find(file.text());
    if (known != sources_.end()) return &known->second;
    auto text = texts_.find(file.text());
    if (text == texts_.end() || text->second.empty()) return nullptr;  // nothing to show
    return &sources_.emplace(text->first, Source{text->second, LineIndex(text->second)}).first->second;
  }

  // The first section is the blamed file's; others follow in the order of the labels.
  std::vector<Section> sections_of(const Diagnostic& diagnostic) {
    std::vector<Section> sections;
    add_mark(sections, diagnostic.place, true, diagnostic.at);
    for (const Label& label : diagnostic.labels) add_mark(sections, label.place, false, label.text);
    return sections;
  }

  void add_mark(std::vector<Section>& sections, const Place& place, bool primary, const std::string& words) {
    if (place.file.empty()) return;
    auto section = std::find_if(sections.begin(), sections.end(), [&](auto& s) { return s.file == place.file; });
    if (section == sections.end()) {
      Section added;
      added.file = place.file;
      added.source = source(place.file);
      if (added.source) added.start = added.source->lines.position(place.span.begin);
      section = sections.insert(sections.end(), std::move(added));
    }
    if (!section->source) return;
    const LineIndex& lines = section->source->lines;
    uint32_t line = lines.position(place.span.begin).line;
    uint32_t from = place.span.begin - std::min(place.span.begin, lines.line_begin(line));
    // A place of several lines is marked on its first one, where reading starts.
    auto length = static_cast<uint32_t>(lines.line(line).size());
    uint32_t until = from + (place.span.end - std::min(place.span.end, place.span.begin));
    section->lines[line].push_back({std::min(from, length), std::min(until, length), primary, words});
  }

  void add_section(const Section& section, bool first, size_t gutter) {
    out_.append(gutter, ' ');
    paint(kBlue, first ? "-->" : ":::");
    out_ += ' ' + snippet::printable(options_.root) + snippet::printable(section.file.text());
    if (section.source) out_ += fmt::format(":{}:{}", section.start.line, section.start.column);
    out_ += '\n';
    if (!section.source) return;
    add_gutter(gutter, std::nullopt);
    out_ += '\n';
    uint32_t last = 0;
    for (const auto& [line, marks] : section.lines) {
      if (last != 0 && line == last + 2) add_line(section, last + 1, {}, gutter);
      if (last != 0 && line > last + 2) {
        paint(kBlue, "...");
        out_ += '\n';
      }
      add_line(section, line, marks, gutter);
      last = line;
    }
  }

  void add_line(const Section& section, uint32_t line, std::vector<snippet::Mark> marks, size_t gutter) {
    bool marked = !marks.empty();
    snippet::Shown shown = snippet::show(section.source->lines.line(line), std::move(marks));
    add_gutter(gutter, line);
    if (!shown.line.empty()) out_ += ' ' + shown.line;
    out_ += '\n';
    if (!marked) return;
    for (const snippet::Row& row : shown.below) {
      add_gutter(gutter, std::nullopt);
      out_ += ' ';
      for (const snippet::Run& run : row) {
        if (run.style == snippet::Style::None) {
          out_ += run.text;
        } else {
          paint(run.style == snippet::Style::Primary ? severity_color(severity_) : kBlue, run.text);
        }
      }
      out_ += '\n';
    }
  }

  void add_gutter(size_t gutter, std::optional<uint32_t> line) {
    paint(kBlue, line ? fmt::format("{:>{}} |", *line, gutter) : fmt::format("{:{}} |", "", gutter));
  }

  // Lines after the first one are aligned below it.
  void add_note(std::string_view title, std::string_view text, size_t gutter) {
    out_.append(gutter + 1, ' ');
    paint(kBlue, "=");
    out_ += ' ';
    paint(kBold, title);
    out_ += ": ";
    while (true) {
      size_t end = std::min(text.find('\n'), text.size());
      out_ += snippet::printable(text.substr(0, end)) + '\n';
      if (end == text.size()) return;
      text.remove_prefix(end + 1);
      out_.append(gutter + 3 + title.size() + 2, ' ');
    }
  }

  const SourceTexts& texts_;
  RenderOptions options_;
  std::map<std::string, Source, std::less<>> sources_;
  Severity severity_ = Severity::Error;
  std::string out_;
};

std::string counted(size_t number, std::string_view word) {
  return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

}  // namespace

std::string render_text(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts, RenderOptions options) {
  if (diagnostics.empty()) return {};
  TextRenderer renderer(texts, std::move(options));
  size_t numbers[3] = {};
  for (const Diagnostic& diagnostic : diagnostics) {
    ++numbers[static_cast<size_t>(diagnostic.severity())];
    renderer.add(diagnostic);
  }
  std::optional<Severity> worst;
  std::string words;
  for (Severity severity : {Severity::Error, Severity::Warning, Severity::Note}) {
    size_t number = numbers[static_cast<size_t>(severity)];
    if (number == 0) continue;
    if (!worst) worst = severity;
    if (!words.empty()) words += ", ";
    words += counted(number, severity_word(severity));
  }
  renderer.add_count(*worst, words);
  return renderer.take();
}

}  // namespace pipec
