#include "random_text.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace pipec::syntax {
namespace {

constexpr int kDeep = 9;
constexpr int kLarge = 600;

std::ifstream open(const std::string& path) {
  std::ifstream file(std::string(PIPEC_SOURCE_DIR) + path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return file;
}

}  // namespace

RandomText::RandomText(uint32_t seed) : random_(seed) {
  read_words();
  read_rules();
}

void RandomText::read_words() {
  static const std::vector<std::string> kForms = {"cast",   "try_cast",  "exists",    "extract",       "trim",
                                                  "substr", "substring", "position",  "overlay",       "left",
                                                  "right",  "date",      "timestamp", "timestamp_ntz", "timestamp_ltz",
                                                  "time",   "array",     "map",       "struct"};
  std::ifstream file = open("/grammar/tokens.txt");
  std::string line;
  bool words = false;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      words = line == "[words]";
      continue;
    }
    if (!words) continue;
    std::istringstream parts(line);
    std::string word;
    std::string kind;
    parts >> word >> kind;
    words_["any"].push_back(word);
    if (kind == "open") words_["column"].push_back(word);
    if (kind.substr(0, 4) != "soft") continue;
    auto allowed = [&](const char* what) { return kind.find(what) == std::string::npos; };
    words_["ident"].push_back(word);
    bool form = std::find(kForms.begin(), kForms.end(), word) != kForms.end();
    if (allowed("column") && !form) words_["column"].push_back(word);
    if (allowed("alias")) words_["alias"].push_back(word);
    if (allowed("declared")) words_["declared"].push_back(word);
    if (allowed("item")) words_["plain"].push_back(word);
  }
}

void RandomText::read_rules() {
  std::ifstream file = open("/tests/unit/syntax/random_text.txt");
  std::string line;
  std::string rule;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] != ' ') {
      rule = line;
      continue;
    }
    line.erase(0, 2);
    bool leaf = line[0] == '!';
    if (leaf) line.erase(0, 1);
    rules_[rule].push_back({line, leaf});
  }
}

std::string RandomText::word(std::string_view kind) {
  static const std::vector<std::string> kNames = {"order_id",   "customer_id", "amount",  "created_at",
                                                  "status",     "sku",         "price",   "größe",
                                                  "`odd name`", "`a``b`",      "`order`", "2024_sales"};
  static const std::vector<std::string> kPlain = {"postgres", "upsert", "warn", "soft", "initial"};
  if (kind == "plain") return chance(30) ? words_["plain"][pick(words_["plain"].size())] : kPlain[pick(kPlain.size())];
  auto found = words_.find(kind);
  return chance(35) ? found->second[pick(found->second.size())] : kNames[pick(kNames.size())];
}

std::string RandomText::expand(std::string_view rule, int depth) {
  if (words_.count(std::string(rule)) != 0) return word(rule);
  auto found = rules_.find(rule);
  if (found == rules_.end()) throw std::runtime_error("no rule " + std::string(rule));
  const std::vector<Alternative>& all = found->second;
  bool stop = depth > kDeep || size_ > kLarge;
  for (int tries = 0; tries < 50; ++tries) {
    const Alternative& one = all[pick(all.size())];
    if (!stop || one.leaf) return fill(one.text, depth + 1);
  }
  return fill(all[0].text, depth + 1);
}

std::string RandomText::fill(std::string_view text, int depth) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "(?") {
      size_t end = i + 2;
      int open = 1;
      for (; open > 0; ++end) {
        if (text.substr(end, 2) == "(?") ++open;
        if (text.substr(end, 2) == "?)") --open;
      }
      if (chance(size_ > kLarge ? 5 : 35)) out += fill(text.substr(i + 2, end - 1 - (i + 2)), depth);
      i = end;
    } else if (text.substr(i, 2) == "$$") {
      out += text[i++];
    } else if (text[i] == '$') {
      size_t end = i + 1;
      while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
      std::string rule(text.substr(i + 1, end - i - 1));
      bool list = end < text.size() && text[end] == '+';
      bool many = end < text.size() && text[end] == '*';
      size_t count = list || many ? 1 + pick(size_ > kLarge ? 1 : 3) : 1;
      for (size_t k = 0; k < count; ++k) {
        if (k > 0) out += list ? ", " : " ";
        out += expand(rule, depth);
      }
      i = list || many ? end : end - 1;
    } else if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n') {
      out += '\n';
      ++i;
    } else {
      out += text[i];
      ++size_;
    }
  }
  return out;
}

std::string RandomText::file() {
  std::vector<std::string> blocks = {"source",      "cdc",     "function", "model",  "model",     "check",
                                     "destination", "export",  "schedule", "load",   "snapshot",  "seed",
                                     "test",        "publish", "entity",   "metric", "dashboard", "job"};
  std::shuffle(blocks.begin(), blocks.end(), random_);
  std::string out = chance(50) ? "-- file\n" : "/* header\n   model x { ' */\n";
  for (const std::string& block : blocks) {
    size_ = 0;
    out += make("before") + make(block) + make("between");
  }
  return out;
}

}  // namespace pipec::syntax
