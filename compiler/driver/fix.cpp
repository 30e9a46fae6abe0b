#include "driver/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "driver/files.h"

namespace pipec::driver {
namespace {

struct Change {
  Span span;
  const std::string* text = nullptr;
};

bool overlap(Span a, Span b) {
  return a.begin < b.end && b.begin < a.end ? true : a.begin == b.begin;
}

// A fix is made whole or not at all.
bool take(const Diagnostic& diagnostic, std::map<std::string, std::vector<Change>>& by_file) {
  for (const Edit& edit : diagnostic.fix) {
    if (!edit.place.file.text().ends_with(".pipe")) return false;
    for (const Change& taken : by_file[std::string(edit.place.file.text())]) {
      if (overlap(taken.span, edit.place.span)) return false;
    }
  }
  for (const Edit& edit : diagnostic.fix) {
    by_file[std::string(edit.place.file.text())].push_back({edit.place.span, &edit.text});
  }
  return true;
}

std::string changed(const std::string& text, std::vector<Change>& changes) {
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.span.begin < b.span.begin; });
  std::string out;
  uint32_t at = 0;
  for (const Change& change : changes) {
    out.append(text, at, change.span.begin - at).append(*change.text);
    at = change.span.end;
  }
  return out.append(text, at);
}

// The old file or the new one, never a part; its rights stay.
void replace_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".pipec-fix";
  remove_file(beside);
  write_new_file(beside, text);
  std::error_code ignored;
  std::filesystem::permissions(beside, std::filesystem::status(path, ignored).permissions(), ignored);
  sync_paths({beside});
  move_over(beside, path);
}

}  // namespace

FixResult apply_fixes(const std::string& project, const project::Analysis& analysis) {
  std::map<std::string, std::vector<Change>> by_file;
  for (const Diagnostic& diagnostic : analysis.diagnostics) {
    if (!diagnostic.fix.empty()) take(diagnostic, by_file);
  }
  FixResult result;
  for (auto& [file, changes] : by_file) {
    if (changes.empty()) continue;
    const std::string path = project + "/" + file;
    try {
      const std::string& text = analysis.texts.at(file);
      if (!has_content(path, text)) continue;
      replace_file(path, changed(text, changes));
      result.report +=
          fmt::format("mended: {}, {} {}\n", path, changes.size(), changes.size() == 1 ? "place" : "places");
    } catch (const IoError& error) {
      result.failed = fmt::format("error: {}: {}\n", error.path, error.words);
      return result;
    }
  }
  return result;
}

}  // namespace pipec::driver
