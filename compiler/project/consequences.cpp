#include "project/consequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "project/doubtful.h"

namespace pipec::project {
namespace {

constexpr size_t kShownPlaces = 4;

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
