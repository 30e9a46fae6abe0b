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
      if (!is_doubtful(member)) continue;
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
  // A block that only asks itself for a column which it lacks is what it says, but for that column.
  static bool is_doubtful(const semantic::Member& member) {
    if (member.declaration->broken) return true;
    const std::string own = fmt::format("{}{}.", kColumn, member.declaration->key.text());
    return std::any_of(member.result->diagnostics.begin(), member.result->diagnostics.end(), [&](const Diagnostic& d) {
      return d.severity() == Severity::Error && !d.about.text().starts_with(own);
    });
  }

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

// Errors of types that have one column in common are one mistake in that column's type, or in how it is made.
class TypeErrors {
 public:
  explicit TypeErrors(const Resolution& resolution) {
    for (const semantic::Member& member : resolution.members) {
      for (const pipeline::Node& node : member.result->nodes) {
        const bool is_model = node.kind == pipeline::NodeKind::Model && node.object < member.result->models.size();
        if (is_model && !member.result->models[node.object].has_contract) passing_.emplace(node.head.name, &node);
      }
    }
  }

  /// True if it went to an earlier one as a place more.
  bool merge(const Diagnostic& diagnostic, size_t index, std::vector<Diagnostic>& kept) {
    std::vector<Symbol> columns;
    for (Symbol column : diagnostic.typed_by) columns.push_back(declared(column));
    for (Group& group : groups_) {
      std::vector<Symbol> common;
      std::copy_if(group.columns.begin(), group.columns.end(), std::back_inserter(common),
                   [&](Symbol column) { return std::find(columns.begin(), columns.end(), column) != columns.end(); });
      if (common.empty()) continue;
      group.columns = std::move(common);
      add_place(kept[group.index], group.places++, diagnostic);
      return true;
    }
    groups_.push_back({index, std::move(columns), 0});
    return false;
  }

 private:
  struct Group {
    size_t index;
    std::vector<Symbol> columns;  // that all of them have in common
    size_t places;
  };

  static void add_place(Diagnostic& first, size_t number, const Diagnostic& other) {
    if (number < kShownPlaces) first.labels.push_back({other.place, "and here: " + other.message});
    if (number == kShownPlaces) first.notes.push_back("and at more places");
  }

  // The column that a model without a contract passes on is the one below.
  Symbol declared(Symbol column) const {
    for (int hops = 0; hops < kMostHops; ++hops) {
      const std::string_view text = column.text();
      const size_t dot = text.rfind('.');
      const auto found = dot == text.npos ? passing_.end() : passing_.find(Symbol::of(text.substr(0, dot)));
      if (found == passing_.end()) return column;
      const Symbol below = passed_on(*found->second, Symbol::of(text.substr(dot + 1)));
      if (below.empty()) return column;
      column = below;
    }
    return column;
  }
  static Symbol passed_on(const pipeline::Node& node, Symbol column) {
    for (size_t i = 0; i < node.columns.size() && i < node.lineage.size(); ++i) {
      if (node.columns[i].name.folded() != column) continue;
      const auto& direct = node.lineage[i].direct;
      if (direct.size() != 1 || direct[0].kind != lineage::Direct::Identity) return {};
      return Symbol::of(fmt::format("{}.{}", direct[0].source.table.text(), direct[0].source.column.text()));
    }
    return {};
  }

  static constexpr int kMostHops = 100;
  std::unordered_map<Symbol, const pipeline::Node*> passing_;
  std::vector<Group> groups_;
};

void merge_repeats(const Resolution& resolution, std::vector<Diagnostic>& diagnostics) {
  TypeErrors types(resolution);
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
    const bool typed = diagnostic.severity() == Severity::Error && !diagnostic.typed_by.empty();
    if (typed && types.merge(diagnostic, kept.size(), kept)) continue;
    kept.push_back(std::move(diagnostic));
  }
  for (const auto& [index, places] : repeats) show_places(kept[index], places);
  diagnostics = std::move(kept);
}

}  // namespace

void drop_consequences(const Declarations& declarations, const Resolution& resolution,
                       std::vector<Diagnostic>& diagnostics) {
  const bool any = std::any_of(diagnostics.begin(), diagnostics.end(),
                               [](const Diagnostic& d) { return !d.about.empty() || !d.typed_by.empty(); });
  if (!any) return;
  const Doubtful doubtful(declarations, resolution);
  auto covered = [&](const Diagnostic& diagnostic) { return doubtful.covers(diagnostic.about); };
  // An error follows from another one, never from none.
  const bool stays = std::any_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& diagnostic) {
    return diagnostic.severity() == Severity::Error && !covered(diagnostic);
  });
  if (stays) std::erase_if(diagnostics, covered);
  sort_diagnostics(diagnostics);
  merge_repeats(resolution, diagnostics);
}

}  // namespace pipec::project
