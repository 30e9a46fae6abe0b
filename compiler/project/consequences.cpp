#include "project/consequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace pipec::project {
namespace {

constexpr std::string_view kColumn = "column:";
constexpr size_t kShownPlaces = 4;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c < 0;
}

bool has_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_word_character(text[at - 1])) && (end == text.size() || !is_word_character(text[end])))
      return true;
  }
  return false;
}

// What declarations with errors may have meant to give: themselves, what is in them, what a wildcard makes.
class Doubtful {
 public:
  Doubtful(const Declarations& declarations, const Resolution& resolution) : declarations_(declarations) {
    for (Symbol name : declarations.lost_names) add_name(name.text());
    for (const Placed& placed : declarations.placed) placed_.emplace(placed.declaration.key, &placed);
    for (const semantic::Member& member : resolution.members) {
      if (!member.declaration->broken && !member.result->has_errors()) continue;
      add_name(member.declaration->name.text());
      keys_.insert(member.declaration->key);
    }
    if (keys_.empty()) return;
    for (const semantic::Member& member : resolution.members) {
      if (member.declaration->kind != semantic::DeclKind::Cdc) continue;
      for (const auto& [read, fingerprint] : member.result->reads) {
        if (!read.text().starts_with("source:") || !keys_.count(read)) continue;
        made_of_.emplace(member.declaration->key, read);
        add_name(member.declaration->name.text());
      }
    }
  }

  bool covers(Symbol about) const {
    if (about.empty()) return false;
    return about.text().starts_with(kColumn) ? covers_column(about.text().substr(kColumn.size())) : covers_name(about);
  }

 private:
  void add_name(std::string_view name) {
    const size_t star = name.find('*');
    if (star == std::string_view::npos) {
      names_.insert(Symbol::of(name));
    } else if (star > 0) {
      names_.insert(Symbol::of(name.substr(0, star - 1)));
    }
  }

  // "shop" covers "shop" and "shop.public.orders", "bronze" of "bronze.*" covers "bronze.orders".
  bool covers_name(Symbol name) const {
    if (names_.empty()) return false;
    const std::string_view text = name.text();
    for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1)) {
      if (names_.count(Symbol::of(text.substr(0, dot)))) return true;
    }
    return names_.count(name) > 0;
  }

  // A column is doubtful only where the broken declaration, or the source that it is made of, mentions it: any other
  // wrong name is a mistake of its own.
  bool covers_column(std::string_view about) const {
    const size_t dot = about.rfind('.');
    if (dot == std::string_view::npos) return false;
    Symbol key = Symbol::of(about.substr(0, dot));
    if (auto source = made_of_.find(key); source != made_of_.end()) key = source->second;
    const auto placed = placed_.find(key);
    if (!keys_.count(key) || placed == placed_.end()) return false;
    const semantic::Declaration& declaration = placed->second->declaration;
    const auto text = declarations_.texts.find(declaration.file.text());
    if (text == declarations_.texts.end()) return false;
    const std::string_view block = std::string_view(text->second).substr(declaration.offset);
    return has_word(block.substr(0, (*declaration.tree)[declaration.tree->root].span.end), about.substr(dot + 1));
  }

  const Declarations& declarations_;
  std::unordered_map<Symbol, const Placed*> placed_;
  std::unordered_set<Symbol> names_, keys_;
  std::unordered_map<Symbol, Symbol> made_of_;  // a cdc -> its source, which has errors
};

void show_places(Diagnostic& first, const std::vector<Place>& others) {
  for (size_t i = 0; i < others.size() && i < kShownPlaces; ++i) first.labels.push_back({others[i], "and here"});
  if (others.size() > kShownPlaces)
    first.notes.push_back(fmt::format("and at {} more places", others.size() - kShownPlaces));
}

void merge_repeats(std::vector<Diagnostic>& diagnostics) {
  std::unordered_map<Symbol, size_t> first;
  std::unordered_map<size_t, std::vector<Place>> repeats;
  std::vector<Diagnostic> kept;
  kept.reserve(diagnostics.size());
  for (Diagnostic& diagnostic : diagnostics) {
    if (!diagnostic.about.empty()) {
      const auto [entry, is_new] = first.emplace(diagnostic.about, kept.size());
      if (!is_new) {
        repeats[entry->second].push_back(diagnostic.place);
        continue;
      }
    }
    kept.push_back(std::move(diagnostic));
  }
  for (const auto& [index, places] : repeats) show_places(kept[index], places);
  diagnostics = std::move(kept);
}

}  // namespace

void drop_consequences(const Declarations& declarations, const Resolution& resolution,
                       std::vector<Diagnostic>& diagnostics) {
  const bool any =
      std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return !d.about.empty(); });
  if (!any) return;
  const Doubtful doubtful(declarations, resolution);
  std::erase_if(diagnostics, [&](const Diagnostic& diagnostic) { return doubtful.covers(diagnostic.about); });
  sort_diagnostics(diagnostics);
  merge_repeats(diagnostics);
}

}  // namespace pipec::project
