// Diagnostics as text for people, as JSON and SARIF for programs, as annotations of a pull request. All take places that
// are already resolved to files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "diagnostics/diagnostic.h"

namespace pipec {

/// The texts that the diagnostics point into, by path.
using SourceTexts = std::map<std::string, std::string, std::less<>>;

struct RenderOptions {
  bool color = false;
  std::string root = {};  // put before each path ("specs/first/"), so that a terminal can open it
};

/// By path, offset, code; equal ones once.
void sort_diagnostics(std::vector<Diagnostic>& diagnostics);
/// rustc's frame with a gutter, labels under the words, notes and help; ends with a line that counts.
std::string render_text(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts,
                        RenderOptions options = {});
/// {"format_version":1,"errors":n,"warnings":n,"diagnostics":[...]}: docs/schemas/diagnostics.schema.json.
std::string render_json(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts);
/// SARIF 2.1.0 (OASIS): one run, a rule for each code that occurs, with its page. `root` is put before each path.
std::string render_sarif(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts, std::string_view version,
                         std::string_view root);
/// Workflow commands of GitHub Actions, a line each. A step shows ten errors and ten warnings: what is above goes into
/// one closing notice, errors are first.
std::string render_github(const std::vector<Diagnostic>& diagnostics, const SourceTexts& texts, std::string_view root);

}  // namespace pipec
