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

// What declarations with errors may have meant to give: themselves, what is in them, what is made of them.
class Doubtful {
 public:
  Doubtful(const Declarations& declarations, const Resolution& resolution) : declarations_(declarations) {
    for (const LostBlock& lost : declarations.lost) {
      if (!lost.name.empty()) add_name(lost.name.text());
      blocks_.push_back({lost.file, lost.span, true});
    }
    for (const Placed& placed : declarations.placed) placed_.emplace(placed.declaration.key, &placed.declaration);
    for (const semantic::Member& member : resolution.members) {
      const semantic::Declaration& declaration = *member.declaration;
      declared_.emplace(declaration.name, declaration.key);
      for (const sql::TableInterface& table : member.result->tables) declared_.emplace(table.name, declaration.key);
      for (const pipeline::Source& source : member.result->sources) {
        for (const pipeline::SourceTable& table : source.tables) {
          const Symbol schema = table.schema.empty() ? table.name : qualified(table.schema, table.name);
          declared_.emplace(qualified(source.head.name, schema).folded(), declaration.key);
        }
      }
      for (const auto& [read, fingerprint] : member.result->reads) {
        if (is_copy(declaration.kind) && placed_.count(read)) made_of_[declaration.key].push_back(read);
      }
      if (!is_doubtful(member)) continue;
      keys_.insert(declaration.key);
      blocks_.push_back({declaration.file, span_of(declaration), declaration.kind == semantic::DeclKind::Source});
    }
    for (const semantic::Member& member : resolution.members) {
      const Symbol key = member.declaration->key;
      const bool copies = made_of_.count(key) > 0 && !given_by(key, "").empty();
      if (keys_.count(key) || copies) add_name(member.declaration->name.text());
    }
  }

  bool covers(const Diagnostic& diagnostic) const {
    const Symbol about = diagnostic.about;
    if (about.empty()) return false;
    if (!about.text().starts_with(kColumn)) return covers_name(about);
    return covers_column(about.text().substr(kColumn.size())) || is_inside(diagnostic.place);
  }

 private:
  struct Block {
    Symbol file;
    Span span;
    bool has_tables;
  };

  // Blocks whose tables have the columns of another one.
  static bool is_copy(semantic::DeclKind kind) {
    return kind == semantic::DeclKind::Cdc || kind == semantic::DeclKind::Load || kind == semantic::DeclKind::Snapshot;
  }

  // A block that only asks itself for a column which it lacks is what it says, but for that column.
  static bool is_doubtful(const semantic::Member& member) {
    if (member.declaration->broken) return true;
    return std::any_of(member.result->diagnostics.begin(), member.result->diagnostics.end(), [&](const Diagnostic& d) {
      return d.severity() == Severity::Error && !d.about.text().starts_with(kColumn);
    });
  }

  static Span span_of(const semantic::Declaration& declaration) {
    return {declaration.offset, declaration.offset + (*declaration.tree)[declaration.tree->root].span.end};
  }

  void add_name(std::string_view name) {
    const size_t star = name.find('*');
    if (star == std::string_view::npos) {
      names_.insert(Symbol::of(name));
    } else if (star > 0) {
      names_.insert(Symbol::of(name.substr(0, star - 1)));
    }
  }

  // "shop" covers "shop" and "shop.public.orders", "bronze" of "bronze.*" covers "bronze.orders"; a block that may hold
  // tables covers those that it mentions.
  bool covers_name(Symbol name) const {
    const std::string_view text = name.text();
    for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1)) {
      if (names_.count(Symbol::of(text.substr(0, dot)))) return true;
    }
    if (names_.count(name) > 0) return true;
    const std::string_view last = text.substr(text.rfind('.') + 1);
    return std::any_of(blocks_.begin(), blocks_.end(),
                       [&](const Block& block) { return block.has_tables && has_word(words_of(block), last); });
  }

  // A column is doubtful only where the broken declaration, or what it is made of, mentions it: any other wrong name is a
  // mistake of its own.
  bool covers_column(std::string_view about) const {
    const size_t dot = about.rfind('.');
    if (dot == std::string_view::npos) return false;
    const auto declared = declared_.find(Symbol::of(about.substr(0, dot)));
    return declared != declared_.end() && !given_by(declared->second, about.substr(dot + 1)).empty();
  }

  /// The doubtful declaration that may give the column (any, if empty), from `key` down to the sources.
  Symbol given_by(Symbol key, std::string_view column) const {
    std::vector<Symbol> open{key};
    for (size_t i = 0; i < open.size() && i < kFarthest; ++i) {
      const auto placed = placed_.find(open[i]);
      if (keys_.count(open[i]) && placed != placed_.end()) {
        const Block block{placed->second->file, span_of(*placed->second), false};
        if (column.empty() || has_word(words_of(block), column)) return open[i];
      }
      if (const auto below = made_of_.find(open[i]); below != made_of_.end())
        open.insert(open.end(), below->second.begin(), below->second.end());
    }
    return {};
  }

  bool is_inside(const Place& place) const {
    return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
      return block.file == place.file && block.span.begin <= place.span.begin && place.span.end <= block.span.end;
    });
  }

  std::string_view words_of(const Block& block) const {
    const auto text = declarations_.texts.find(std::string(block.file.text()));
    if (text == declarations_.texts.end()) return {};
    return std::string_view(text->second).substr(block.span.begin, block.span.end - block.span.begin);
  }

  static constexpr size_t kFarthest = 100;
  const Declarations& declarations_;
  std::unordered_map<Symbol, const semantic::Declaration*> placed_;
  std::unordered_map<Symbol, Symbol> declared_;  // tables and declarations by name -> key
  std::unordered_map<Symbol, std::vector<Symbol>> made_of_;
  std::unordered_set<Symbol> names_, keys_;
  std::vector<Block> blocks_;
};

void show_places(Diagnostic& first, const std::vector<Place>& others) {
  for (size_t i = 0; i < others.size() && i < kShownPlaces; ++i) first.labels.push_back({others[i], "and here"});
  if (others.size() > kShownPlaces)
    first.notes.push_back(fmt::format("and at {} more places", others.size() - kShownPlaces));
}

// What is copied column by column: a cdc, a load or a snapshot -> the table that it is a copy of.
class Copies {
 public:
  explicit Copies(const Resolution& resolution) {
    for (const semantic::Member& member : resolution.members) {
      for (const pipeline::Cdc& cdc : member.result->cdcs)
        add(cdc.head.name, cdc.source, cdc.table_schema, cdc.table_name);
      for (const pipeline::Load& load : member.result->loads)
        add(load.head.name, load.source, load.table_schema, load.table_name);
      for (const pipeline::Snapshot& snapshot : member.result->snapshots)
        of_.emplace(snapshot.head.name, snapshot.source.folded());
    }
  }

  /// "gold.x.fee": the column of the table below all copies.
  Symbol below(Symbol column) const {
    std::string_view text = column.text();
    const size_t dot = text.rfind('.');
    if (dot == text.npos) return column;
    Symbol table = Symbol::of(text.substr(0, dot));
    for (size_t hops = 0; hops <= of_.size(); ++hops) {  // a table may be a copy of itself, by mistake
      const auto found = of_.find(table);
      if (found == of_.end()) break;
      table = found->second;
    }
    return Symbol::of(fmt::format("{}{}", table.text(), text.substr(dot)));
  }

 private:
  void add(Symbol name, Symbol source, Symbol schema, Symbol table) {
    std::string of(source.text());
    if (!schema.empty()) of += fmt::format(".{}", schema.text());
    of_.emplace(name, Symbol::of(fmt::format("{}.{}", of, table.text())).folded());
  }

  std::unordered_map<Symbol, Symbol> of_;
};

// Errors of types that have one column in common are one mistake in that column's type, or in how it is made.
class TypeErrors {
 public:
  explicit TypeErrors(const Resolution& resolution) : copies_(resolution) {
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
      if (found == passing_.end()) break;
      const Symbol below = passed_on(*found->second, Symbol::of(text.substr(dot + 1)));
      if (below.empty()) break;
      column = below;
    }
    return copies_.below(column);
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
  Copies copies_;
  std::vector<Group> groups_;
};

Symbol canonical(const Copies& copies, Symbol about) {
  if (!about.text().starts_with(kColumn)) return about;
  return Symbol::of(fmt::format("{}{}", kColumn, copies.below(Symbol::of(about.text().substr(kColumn.size()))).text()));
}

void merge_repeats(const Resolution& resolution, std::vector<Diagnostic>& diagnostics) {
  TypeErrors types(resolution);
  const Copies copies(resolution);
  std::unordered_map<Symbol, size_t> first;
  std::unordered_map<size_t, std::vector<Place>> repeats;
  std::vector<Diagnostic> kept;
  kept.reserve(diagnostics.size());
  for (Diagnostic& diagnostic : diagnostics) {
    if (!diagnostic.about.empty()) {
      const auto [entry, is_new] = first.emplace(canonical(copies, diagnostic.about), kept.size());
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
  auto covered = [&](const Diagnostic& diagnostic) { return doubtful.covers(diagnostic); };
  // An error follows from another one, never from none.
  const bool stays = std::any_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& diagnostic) {
    return diagnostic.severity() == Severity::Error && !covered(diagnostic);
  });
  if (stays) std::erase_if(diagnostics, covered);
  sort_diagnostics(diagnostics);
  merge_repeats(resolution, diagnostics);
}

}  // namespace pipec::project
