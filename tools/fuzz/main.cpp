// pipec-fuzz SECONDS SEED FOLDER...: damages projects at random and puts each through a Session and the formatter, until the
// time is over. Built with sanitizers, which end it with their report; a round that takes too long ends it too. Each round has
// a seed of its own, which is shown when it fails: `pipec-fuzz 0 SEED FOLDER...` runs that one round.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/vfs.h"
#include "fuzz/edits.h"
#include "print/format.h"
#include "project/session.h"

using namespace pipec;

namespace {

constexpr unsigned kLongestRound = 30;  // seconds, under sanitizers on a busy machine

using Files = std::map<std::string, std::string>;

struct Project {
  std::string folder;
  Files files;
  std::unique_ptr<project::Session> session;
};

char round_words[200];

// Only what may be called in a signal handler, or when a sanitizer gives up.
void show_round() {
  ssize_t ignored = write(STDERR_FILENO, round_words, std::char_traits<char>::length(round_words));
  (void)ignored;
}
void too_long(int) {
  show_round();
  _exit(1);
}

bool fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  show_round();
  return false;
}

bool well_placed(const project::Analysis& analysis) {
  for (const Diagnostic& diagnostic : analysis.diagnostics) {
    const auto text = analysis.texts.find(std::string(diagnostic.place.file.text()));
    if (text != analysis.texts.end() && diagnostic.place.span.end > text->second.size()) return false;
  }
  return true;
}

bool formats(const std::string& text) {
  const print::Formatted once = print::format_file(text);
  if (!once.refused.empty()) return fail("a layout would have lost something");
  if (print::format_file(once.text).text != once.text) return fail("a layout that does not rest");
  return true;
}

bool run_round(Project& project, const std::vector<std::string>& corpus, uint64_t seed, size_t number) {
  std::snprintf(round_words, sizeof round_words, "failing round: pipec-fuzz 0 %llu %s\n",
                static_cast<unsigned long long>(seed), project.folder.c_str());
  alarm(kLongestRound);
  fuzz::Edits edits(corpus, seed);
  Files files = project.files;
  auto any = std::next(files.begin(), static_cast<long>(edits.pick(files.size())));
  for (size_t i = 0, count = 1 + edits.pick(4); i < count; ++i) edits.damage(any->second);
  auto vfs = std::make_shared<MemoryVfs>();
  for (const auto& [path, text] : files) vfs->set(path, text);
  project.session->replace(vfs);
  project::SessionOptions options;
  options.build = number % 2 == 0;
  const project::Analysis& analysis = project.session->analyze(options);
  if (!well_placed(analysis)) return fail("an error outside of its file");
  render_text(analysis.diagnostics, analysis.texts);
  if (analysis.ok && options.build) project.session->emit(1);
  if (any->first.ends_with(".pipe") && !formats(any->second)) {
    std::fprintf(stderr, "the text of %s:\n%s", any->first.c_str(), any->second.c_str());
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fprintf(stderr, "usage: pipec-fuzz SECONDS SEED FOLDER...\n"), 2;
  const double seconds = std::atof(argv[1]);
  const uint64_t seed = std::strtoull(argv[2], nullptr, 10);
  std::vector<Project> projects;
  std::vector<std::string> corpus;
  for (int i = 3; i < argc; ++i) {
    auto disk = disk_vfs(argv[i]);
    Project& project = projects.emplace_back(Project{argv[i], {}, nullptr});
    for (const std::string& path : disk->list().paths) corpus.push_back(project.files[path] = disk->read(path).text);
    if (project.files.empty()) return std::fprintf(stderr, "%s: no files\n", argv[i]), 2;
    project.session = std::make_unique<project::Session>(std::make_shared<MemoryVfs>());
  }
  signal(SIGALRM, too_long);
  const auto begin = std::chrono::steady_clock::now();
  auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  size_t rounds = 0;
  do {
    if (!run_round(projects[rounds % projects.size()], corpus, seed + rounds, rounds)) return 1;
    ++rounds;
  } while (elapsed() < seconds);
  alarm(0);
  std::printf("%zu rounds in %.0f s, nothing found\n", rounds, elapsed());
  return 0;
}
