#include "project.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace pipec::test {

Built build(const std::string& folder) {
  auto vfs = std::make_shared<MemoryVfs>();
  for (const auto& entry : std::filesystem::directory_iterator(PIPEC_SOURCE_DIR "/" + folder)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    vfs->set(entry.path().filename().string(), text.str());
  }
  project::Session session(vfs);
  const project::Analysis& analysis = session.analyze({});
  Built built;
  built.pipeline = analysis.pipeline;
  if (!analysis.ok) {
    built.diagnostics = render_text(analysis.diagnostics, analysis.texts);
    return built;
  }
  constexpr std::string_view kFolder = "databricks/";
  for (const auto& [path, text] : session.emit(1).files) {
    if (path.starts_with(kFolder)) built.files.emplace(path.substr(kFolder.size()), text);
  }
  return built;
}

}  // namespace pipec::test
