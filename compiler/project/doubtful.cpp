#include "project/doubtful.h"

#include <fmt/format.h>

#include <algorithm>

namespace pipec::project {
namespace {

constexpr size_t kFarthest = 100;

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c < 0;
}

// Blocks whose tables have the columns of another one.
bool is_copy(semantic::DeclKind kind) {
  return kind == semantic::DeclKind::Cdc || kind == semantic::DeclKind::Load || kind == semantic::DeclKind::Snapshot;
}

// A block that only asks itself for a column which it lacks is what it says, but for that column.
bool is_doubtful(const semantic::Member& member) {
  if (member.declaration->broken) return true;
  return std::any_of(member.result->diagnostics.begin(), member.result->diagnostics.end(), [&](const Diagnostic& d) {
    return d.severity() == Severity::Error && !d.about.text().starts_with(kColumn);
  });
}

Span span_of(const semantic::Declaration& declaration) {
  return {declaration.offset, declaration.offset + (*declaration.tree)[declaration.tree->root].span.end};
}

}  // namespace

Doubtful::Doubtful(const Declarations& declarations, const Resolution& resolution) : declarations_(declarations) {
  for (const LostBlock& lost : declarations.lost) {
    if (!lost.name.empty()) add_name(lost.name.text());
    blocks_.push_back({lost.file, lost.span, true});
  }
  for (const Placed& placed : declarations.placed) placed_.emplace(placed.declaration.key, &placed.declaration);
  for (const semantic::Member& member : resolution.members) {
    add_declared(member);
    if (!is_doubtful(member)) continue;
    const semantic::Declaration& declaration = *member.declaration;
    keys_.insert(declaration.key);
    blocks_.push_back({declaration.file, span_of(declaration), declaration.kind == semantic::DeclKind::Source});
  }
  for (const semantic::Member& member : resolution.members) {
    const Symbol key = member.declaration->key;
    const bool copies = made_of_.count(key) > 0 && !given_by(key, "").empty();
    if (keys_.count(key) || copies) add_name(member.declaration->name.text());
  }
}

void Doubtful::add_declared(const semantic::Member& member) {
  const semantic::Declaration& declaration = *member.declaration;
  declared_.emplace(declaration.name, declaration.key);
  for (const sql::TableInterface& table : member.result->tables) declared_.emplace(table.name, declaration.key);
  for (const pipeline::Source& source : member.result->sources) {
    for (const pipeline::SourceTable& table : source.tables) {
      const Symbol name = table.schema.empty() ? table.name : qualified(table.schema, table.name);
      declared_.emplace(qualified(source.head.name, name).folded(), declaration.key);
    }
  }
  if (!is_copy(declaration.kind)) return;
  for (const auto& [read, fingerprint] : member.result->reads) {
    if (placed_.count(read)) made_of_[declaration.key].push_back(read);
  }
}

bool Doubtful::covers(const Diagnostic& diagnostic) const {
  const Symbol about = diagnostic.about;
  if (about.empty()) return false;
  if (!about.text().starts_with(kColumn)) return covers_name(about);
  return covers_column(about.text().substr(kColumn.size())) || is_inside(diagnostic.place);
}

void Doubtful::add_name(std::string_view name) {
  const size_t star = name.find('*');
  if (star == std::string_view::npos) {
    names_.insert(Symbol::of(name));
  } else if (star > 0) {
    names_.insert(Symbol::of(name.substr(0, star - 1)));
  }
}

// "shop" covers "shop" and "shop.public.orders", "bronze" of "bronze.*" covers "bronze.orders"; a block that may hold
// tables covers those that it mentions.
bool Doubtful::covers_name(Symbol name) const {
  const std::string_view text = name.text();
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1)) {
    if (names_.count(Symbol::of(text.substr(0, dot)))) return true;
  }
  if (names_.count(name) > 0) return true;
  const std::string_view last = text.substr(text.rfind('.') + 1);
  return std::any_of(blocks_.begin(), blocks_.end(),
                     [&](const Block& block) { return block.has_tables && words_of(block).count(last) > 0; });
}

// A column is doubtful only where the broken declaration, or what it is made of, mentions it: any other wrong name is a
// mistake of its own.
bool Doubtful::covers_column(std::string_view about) const {
  const size_t dot = about.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto declared = declared_.find(Symbol::of(about.substr(0, dot)));
  return declared != declared_.end() && !given_by(declared->second, about.substr(dot + 1)).empty();
}

/// The doubtful declaration that may give the column (any, if empty), from `key` down to the sources.
Symbol Doubtful::given_by(Symbol key, std::string_view column) const {
  std::vector<Symbol> open{key};
  for (size_t i = 0; i < open.size() && i < kFarthest; ++i) {
    const auto placed = placed_.find(open[i]);
    if (keys_.count(open[i]) && placed != placed_.end()) {
      if (column.empty()) return open[i];
      if (words_of({placed->second->file, span_of(*placed->second), false}).count(column) > 0) return open[i];
    }
    if (const auto below = made_of_.find(open[i]); below != made_of_.end())
      open.insert(open.end(), below->second.begin(), below->second.end());
  }
  return {};
}

bool Doubtful::is_inside(const Place& place) const {
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    return block.file == place.file && block.span.begin <= place.span.begin && place.span.end <= block.span.end;
  });
}

const Doubtful::Words& Doubtful::words_of(const Block& block) const {
  static const Words kNone;
  const auto text = declarations_.texts.find(std::string(block.file.text()));
  if (text == declarations_.texts.end() || block.span.begin > text->second.size()) return kNone;
  const std::string_view all =
      std::string_view(text->second).substr(block.span.begin, block.span.end - block.span.begin);
  const auto [entry, is_new] = words_.try_emplace(all.data());
  for (size_t i = 0; is_new && i < all.size();) {
    size_t end = i;
    while (end < all.size() && is_word_character(all[end])) ++end;
    if (end > i) entry->second.insert(all.substr(i, end - i));
    i = end + 1;
  }
  return entry->second;
}

}  // namespace pipec::project
