// Errors never cost the rest: each block of the specifications, cut off behind each of its tokens and with each single
// token left out, through one Session. All other blocks keep their declarations; what the parser does is bounded.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "base/vfs.h"
#include "project/session.h"
#include "syntax/lexer.h"

using namespace pipec;

namespace {

// What an error may cost, in tokens that are read again for each of the block's, and at least.
constexpr uint64_t kStepsPerToken = 60;
constexpr uint64_t kStepsAtLeast = 25'000;

using Files = std::map<std::string, std::string>;

Files load(const std::string& folder) {
  auto disk = disk_vfs(std::string(PIPEC_SOURCE_DIR) + "/" + folder);
  Files files;
  for (const std::string& path : disk->list().paths) files[path] = disk->read(path).text;
  return files;
}

// A project in which one block is another text.
class Damaged {
 public:
  explicit Damaged(Files files) : files_(std::move(files)), vfs_(std::make_shared<MemoryVfs>()), session_(vfs_) {
    for (const auto& [path, text] : files_) vfs_->set(path, text);
    options_.build = false;
    session_.analyze(options_);
  }

  const Files& files() const { return files_; }

  void check(const std::string& path, Span block, const std::string& instead) {
    const std::string& whole = files_.at(path);
    vfs_->set(path, whole.substr(0, block.begin) + instead + whole.substr(block.end));
    const project::Analysis& analysis = session_.analyze(options_);
    for (const Diagnostic& diagnostic : analysis.diagnostics) {
      const auto text = analysis.texts.find(std::string(diagnostic.place.file.text()));
      placed_ = placed_ && (text == analysis.texts.end() || diagnostic.place.span.end <= text->second.size());
    }
    count_lost(block, whole, vfs_->read(path).text, instead);
    ++cases_;
    const auto parsed = syntax::parse_block(instead);
    syntax::Tokens tokens;
    syntax::lex(instead, tokens);
    const uint64_t allowed = kStepsAtLeast + kStepsPerToken * tokens.tokens.size();
    if (parsed.steps > allowed && first_unbounded_.empty()) {
      first_unbounded_ = std::to_string(parsed.steps) + " steps over:\n" + instead;
    }
    worst_ = std::max(worst_, parsed.steps);
  }
  // A block is there if it begins and ends as before; annotations that lost their block belong to the next one.
  void count_lost(Span damaged, const std::string& was, const std::string& is, const std::string& instead) {
    const std::vector<syntax::BlockExtent> found = syntax::scan_file(is).blocks;
    for (const syntax::BlockExtent& other : syntax::scan_file(was).blocks) {
      if (other.span.begin == damaged.begin) continue;
      const std::string words = was.substr(other.span.begin, other.span.end - other.span.begin);
      const bool kept = std::any_of(found.begin(), found.end(), [&](const syntax::BlockExtent& one) {
        return one.keyword == other.keyword && one.name == other.name &&
               std::string_view(is).substr(0, one.span.end).ends_with(words);
      });
      if (kept) continue;
      ++lost_;
      if (first_lost_.empty()) first_lost_ = std::string(other.name.text()) + " is lost to:\n" + instead;
    }
  }
  void restore(const std::string& path) { vfs_->set(path, files_.at(path)); }

  size_t cases_ = 0, lost_ = 0;
  std::string first_lost_;
  uint64_t worst_ = 0;
  std::string first_unbounded_;
  bool placed_ = true;

 private:
  Files files_;
  std::shared_ptr<MemoryVfs> vfs_;
  project::Session session_;
  project::SessionOptions options_;
};

}  // namespace

TEST_CASE("each prefix of a block and each lost token") {
  for (const char* folder :
       {"specs/first", "specs/lakehouse", "specs/managed", "specs/pageviews", "specs/transactions"}) {
    Damaged project(load(folder));
    for (const auto& [path, text] : project.files()) {
      if (!path.ends_with(".pipe")) continue;
      for (const syntax::BlockExtent& block : syntax::scan_file(text).blocks) {
        const std::string words = text.substr(block.span.begin, block.span.end - block.span.begin);
        syntax::Tokens tokens;
        syntax::lex(words, tokens);
        for (const syntax::Token& token : tokens.tokens) {
          project.check(path, block.span, words.substr(0, token.end));
          project.check(path, block.span, words.substr(0, token.begin) + words.substr(token.end));
        }
      }
      project.restore(path);
    }
    WARN(folder << ": " << project.cases_ << " cases, " << project.lost_ << " other blocks lost, at most "
                << project.worst_ << " steps");
    INFO(project.first_lost_);
    CHECK(project.cases_ > 500);
    CHECK(project.lost_ == 0);
    CHECK(project.placed_);
    CHECK(project.first_unbounded_ == "");
  }
}
