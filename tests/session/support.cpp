#include "support.h"

#include "base/vfs.h"

namespace pipec::test {

Files load(const std::string& folder) {
  auto disk = disk_vfs(std::string(PIPEC_SOURCE_DIR) + "/" + folder);
  Files files;
  for (const std::string& path : disk->list().paths) files[path] = disk->read(path).text;
  return files;
}

std::shared_ptr<MemoryVfs> vfs_of(const Files& files) {
  auto vfs = std::make_shared<MemoryVfs>();
  for (const auto& [path, text] : files) vfs->set(path, text);
  return vfs;
}

Outcome outcome(project::Session& session, unsigned jobs) {
  project::SessionOptions options;
  options.jobs = jobs;
  const project::Analysis& analysis = session.analyze(options);
  Outcome out;
  out.ok = analysis.ok;
  out.diagnostics = render_json(analysis.diagnostics, analysis.texts);
  if (analysis.ok) out.files = session.emit(jobs).files;
  return out;
}

Outcome fresh_outcome(const Files& files, unsigned jobs) {
  project::Session session(vfs_of(files));
  return outcome(session, jobs);
}

}  // namespace pipec::test
