#include "project/programs.h"

#include <algorithm>

#include <fmt/format.h>

#include "project/diagnostics.h"

namespace pipec::project {
namespace {

/// The names of `def name(` at the beginning of a line: what can be called from outside.
std::vector<std::string_view> functions_of(std::string_view text) {
  constexpr std::string_view kDef = "def ";
  std::vector<std::string_view> names;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.starts_with(kDef)) continue;
    line.remove_prefix(kDef.size());
    std::string_view name = line.substr(0, line.find('('));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    names.push_back(name);
  }
  return names;
}

void read_program(const Vfs& vfs, pipeline::Program& program, pipeline::Head& head, Sink& sink) {
  if (program.file.empty()) return;
  ReadResult file = vfs.read(program.file);
  if (!file.ok) return;  // reported where the file is named
  const std::vector<std::string_view> functions = functions_of(file.text);
  if (std::find(functions.begin(), functions.end(), program.function) == functions.end()) {
    auto report = sink.report(diag::MissingFunction, Place::of_member(head.declaration, {}),
                              fmt::format("`{}` has no function `{}`", program.file, program.function));
    report.help(functions.empty() ? fmt::format("write `def {}(...)` at the beginning of a line", program.function)
                                  : did_you_mean(program.function, functions));
  }
  head.fingerprint = Hasher().add(head.fingerprint).add(file.text).finish();
  program.text = std::make_shared<const std::string>(std::move(file.text));
}

}  // namespace

void read_programs(const Vfs& vfs, pipeline::Pipeline& pipeline, Sink& sink) {
  for (pipeline::Job& job : pipeline.jobs) read_program(vfs, job.program, job.head, sink);
  for (pipeline::Model& model : pipeline.models) read_program(vfs, model.program, model.head, sink);
}

}  // namespace pipec::project
