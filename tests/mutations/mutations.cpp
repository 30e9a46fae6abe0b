// One mistake, one error: of 400 single faults in the specifications, 95% give exactly one error, and every error stands at
// the words that were changed or at a written use of them. PIPEC_SHOW=1 prints the faults that give another number.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "base/vfs.h"
#include "mutator.h"
#include "project/session.h"

using namespace pipec;
using test::Fault;
using test::Files;

namespace {

constexpr int kFaults = 400;

Files load(const std::string& folder) {
  auto disk = disk_vfs(std::string(PIPEC_SOURCE_DIR) + "/" + folder);
  Files files;
  for (const std::string& path : disk->list().paths) files[path] = disk->read(path).text;
  return files;
}

struct Judged {
  size_t errors = 0;
  bool in_place = true;
  std::string shown;
};

// The block that a place is in: from the last line that begins with a letter at or before it to the next one.
Span block_around(const std::string& text, uint32_t at) {
  auto begins = [&](size_t i) {
    return (i == 0 || text[i - 1] == '\n') && std::isalpha(static_cast<unsigned char>(text[i]));
  };
  size_t begin = std::min<size_t>(at, text.size() - 1), end = begin + 1;
  while (begin > 0 && !begins(begin)) --begin;
  while (end < text.size() && !begins(end)) ++end;
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool mentions(const std::string& text, const std::string& word) {
  return !word.empty() && lower(text).find(lower(word)) != std::string::npos;
}

// At the changed words or the tokens beside them; at a use of the name, old or new; for signs that enclose, in the block.
bool well_placed(const Diagnostic& d, const Fault& fault, const project::Analysis& analysis) {
  const std::string file(d.place.file.text());
  const auto found = analysis.texts.find(file);
  if (found == analysis.texts.end()) return false;
  const std::string& text = found->second;
  const std::string at = text.substr(d.place.span.begin, d.place.span.end - d.place.span.begin);
  const bool encloses = fault.kind == "lost brace" || fault.kind == "lost quote" || fault.kind == "lost parenthesis";
  if (file == fault.path) {
    if (encloses) {
      const Span block = block_around(text, fault.changed.begin);
      if (d.place.span.begin >= block.begin && d.place.span.begin <= block.end) return true;
    }
    const uint32_t near = 24;
    if (d.place.span.begin <= fault.changed.end + near && d.place.span.end + near >= fault.changed.begin) return true;
  }
  for (const std::string* word : {&fault.words, &fault.now}) {
    if (fault.kind == "dropped column") {
      if (mentions(*word, at)) return true;
      // The name is the line's first word, or its last one behind `as`; a key may be what is missed.
      std::string line = *word;
      std::replace_if(line.begin(), line.end(), [](unsigned char c) { return !std::isalnum(c) && c != '_'; }, ' ');
      std::istringstream words(line);
      for (std::string each; words >> each;) {
        if (d.message.find('`' + each + '`') != std::string::npos) return true;
      }
      if (mentions(*word, "primary key") && mentions(d.message, "primary key")) return true;
    } else if (mentions(at, *word) || mentions(d.message, *word)) {
      return true;
    }
  }
  return fault.kind == "wrong type" && !at.empty();
}

Judged judge(project::Session& session, Files files, const Fault& fault) {
  files[fault.path] = fault.text;
  auto vfs = std::make_shared<MemoryVfs>();
  for (const auto& [path, text] : files) vfs->set(path, text);
  session.replace(vfs);
  project::SessionOptions as_check;
  as_check.build = false;
  const project::Analysis& analysis = session.analyze(as_check);
  Judged judged;
  for (const Diagnostic& d : analysis.diagnostics) {
    if (d.severity() != Severity::Error) continue;
    ++judged.errors;
    judged.in_place = judged.in_place && well_placed(d, fault, analysis);
  }
  judged.shown = render_text(analysis.diagnostics, analysis.texts);
  return judged;
}

}  // namespace

TEST_CASE("one mistake, one error") {
  const bool show = std::getenv("PIPEC_SHOW") != nullptr;
  int single = 0, placed = 0, faults = 0;
  std::map<std::string, std::map<size_t, int>> by_kind;
  const std::vector<std::string> folders = {"specs/first", "specs/lakehouse", "specs/managed", "specs/pageviews",
                                            "specs/transactions"};
  for (const std::string& folder : folders) {
    int wanted = kFaults / static_cast<int>(folders.size());
    const Files files = load(folder);
    test::Mutator mutator(files, 20260);
    project::Session session(std::make_shared<MemoryVfs>());
    for (int tried = 0; wanted > 0 && tried < 10 * kFaults; ++tried) {
      const Fault fault = mutator.next();
      const Judged judged = judge(session, files, fault);
      ++by_kind[fault.kind][judged.errors];
      if (judged.errors == 0) {
        // Another name, a missing comment, a contract that asks less: no fault.
        if (show)
          std::cout << "== no error, " << fault.kind << ": `" << fault.words << "` -> `" << fault.now << "` in "
                    << fault.path << "\n";
        continue;
      }
      ++faults, --wanted;
      single += judged.errors == 1;
      placed += judged.in_place;
      if (show && (judged.errors != 1 || !judged.in_place)) {
        std::cout << "== " << (judged.in_place ? "" : "elsewhere, ") << fault.kind << ": `" << fault.words << "` -> `"
                  << fault.now << "`\n"
                  << judged.shown;
      }
    }
  }
  for (const auto& [kind, counts] : by_kind) {
    std::cout << kind << ":";
    for (const auto& [errors, count] : counts) std::cout << "  " << errors << " errors " << count;
    std::cout << "\n";
  }
  std::cout << "exactly one error: " << single << " of " << faults << "; in their place: " << placed << "\n";
  CHECK(faults == kFaults);
  CHECK(single >= kFaults * 95 / 100);
  CHECK(placed == kFaults);
}
