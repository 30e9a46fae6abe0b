// pipec-bench N...: CPU seconds and peak memory of check, cold build, and a build after one edit, for projects of N models.
// Each size runs in a process of its own, so that peak memory is its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "base/vfs.h"
#include "bench/corpus.h"
#include "project/session.h"

namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int measure(size_t models) {
  auto files = pipec::bench::corpus(models);
  auto vfs = std::make_shared<pipec::MemoryVfs>();
  size_t bytes = 0;
  for (auto& [path, text] : files) {
    bytes += text.size();
    vfs->set(path, text);
  }
  pipec::project::Session session(vfs);
  double start = cpu_seconds();
  const auto& analysis = session.analyze({});
  double checked = cpu_seconds();
  double check_memory = peak_megabytes();
  if (!analysis.ok) {
    fmt::print(stderr, "{}", pipec::render_text(analysis.diagnostics, analysis.texts).substr(0, 2000));
    return 1;
  }
  pipec::project::Emission emission = session.emit(1);
  double built = cpu_seconds();
  std::string path = fmt::format("models/m{}/model_{}.pipe", models / 2 % 20, models / 2);
  std::string text = vfs->read(path).text;
  vfs->set(path, text.replace(text.find("quantity >"), 10, "quantity>="));
  double before_edit = cpu_seconds();
  session.analyze({});
  double rechecked = cpu_seconds();
  size_t anew = session.resolved_anew();
  session.emit(1);
  double rebuilt = cpu_seconds();
  fmt::print(
      "{:>6} models {:>6.2f} MB | check {:>7.3f} s {:>6.0f} MB | build {:>7.3f} s {:>6.0f} MB, {} files | "
      "one edit: "
      "check {:.3f} s ({} anew), build {:.3f} s\n",
      models, static_cast<double>(bytes) / 1e6, checked - start, check_memory, built - start, peak_megabytes(),
      emission.files.size(), rechecked - before_edit, anew, rebuilt - before_edit);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: pipec-bench N [N...]\n");
    return 64;
  }
  for (int i = 1; i < argc; ++i) {
    size_t models = std::strtoul(argv[i], nullptr, 10);
    pid_t child = fork();
    if (child == 0) {
      int code = measure(models);
      std::fflush(stdout);
      _exit(code);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) return 1;
  }
  return 0;
}
