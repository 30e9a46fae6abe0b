// An edited project, through a Session that remembers, is the same as one that is read for the first time.
#include <catch2/catch.hpp>
#include <random>

#include "support.h"

using namespace pipec;
using test::Files;

namespace {

class Editor {
 public:
  Editor(Files files, uint32_t seed) : files_(std::move(files)), original_(files_), random_(seed) {}
  const Files& files() const { return files_; }

  void edit() {
    switch (pick(9)) {
      case 0:
        return replace_word();
      case 1:
        return remove_characters();
      case 2:
        return insert_line();
      case 3:
        return swap_files();
      case 4:
        return remove_file();
      case 5:
        return duplicate_line();
      case 6:
        return restore_one();
      default:
        return restore_all();  // often: most edits start from a project that is right
    }
  }

 private:
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }
  std::string& any_text() { return std::next(files_.begin(), static_cast<long>(pick(files_.size())))->second; }

  void replace_word() {
    static const std::vector<std::pair<std::string, std::string>> kWords = {{"amount", "amont"},
                                                                            {"bigint", "int"},
                                                                            {"not null", ""},
                                                                            {"country", "land"},
                                                                            {"select", "selct"},
                                                                            {"gold", "silver"},
                                                                            {"view", "full"},
                                                                            {"hard", "soft"},
                                                                            {"10 minutes", "7 minutes"},
                                                                            {"decimal", "double"},
                                                                            {"'", ""},
                                                                            {"{", ""},
                                                                            {"sum", "max"},
                                                                            {"customer_id", "cust_id"},
                                                                            {"left join", "join"},
                                                                            {"as o", "as orders"},
                                                                            {"upsert", "swap"},
                                                                            {"@tags", "@tag"},
                                                                            {"'DAY'", "'HOUR'"},
                                                                            {"coalesce", "ratio"}};
    const auto& [from, to] = kWords[pick(kWords.size())];
    std::string& text = any_text();
    std::vector<size_t> found;
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) found.push_back(at);
    if (!found.empty()) text.replace(found[pick(found.size())], from.size(), to);
  }
  void remove_characters() {
    std::string& text = any_text();
    if (text.size() < 10) return;
    text.erase(pick(text.size() - 5), 1 + pick(4));
  }
  void insert_line() {
    static const std::vector<std::string> kLines = {"-- a comment\n",
                                                    "/// A description.\n",
                                                    "\n",
                                                    "  x int,\n",
                                                    "model gold.extra { view as select 1 as one }\n",
                                                    "}\n",
                                                    "/* \n"};
    std::string& text = any_text();
    size_t at = text.find('\n', pick(text.size() + 1));
    text.insert(at == std::string::npos ? text.size() : at + 1, kLines[pick(kLines.size())]);
  }
  void duplicate_line() {
    std::string& text = any_text();
    size_t begin = text.rfind('\n', pick(text.size() + 1));
    begin = begin == std::string::npos ? 0 : begin + 1;
    size_t end = text.find('\n', begin);
    if (end != std::string::npos) text.insert(begin, text.substr(begin, end - begin + 1));
  }
  void swap_files() {
    if (!files_.count("models.pipe") || !files_.count("shop.pipe")) return;
    std::swap(files_["models.pipe"], files_["shop.pipe"]);
  }
  void remove_file() {
    if (files_.size() > 2) files_.erase(std::next(files_.begin(), static_cast<long>(pick(files_.size()))));
  }
  void restore_one() {
    auto file = std::next(original_.begin(), static_cast<long>(pick(original_.size())));
    files_[file->first] = file->second;
  }
  void restore_all() { files_ = original_; }

  Files files_, original_;
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("random edits through one session equal a fresh run") {
  Files files = test::load("specs/first");
  uint32_t seed = GENERATE(1u, 2u, 3u);
  Editor editor(files, seed);
  project::Session session(test::vfs_of(files));
  size_t right = 0;
  for (int i = 0; i < 150; ++i) {
    editor.edit();
    session.replace(test::vfs_of(editor.files()));
    test::Outcome incremental = test::outcome(session);
    test::Outcome fresh = test::fresh_outcome(editor.files());
    INFO("seed " << seed << ", edit " << i);
    REQUIRE(incremental.diagnostics == fresh.diagnostics);
    REQUIRE(incremental.files == fresh.files);
    right += fresh.ok;
  }
  CHECK(right > 20);  // else the edits compare nothing but diagnostics
}
