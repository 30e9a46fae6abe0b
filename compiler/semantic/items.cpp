#include "semantic/items.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "semantic/world.h"

namespace pipec::semantic {

using ast::NodeId;
using ast::NodeKind;

namespace {

bool contains(std::initializer_list<std::string_view> list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Symbol text_of(const ast::Tree& tree, NodeId node) {
  if (!node) return {};
  switch (tree.kind(node)) {
    case NodeKind::QName:
      return tree.dotted(node);
    case NodeKind::Word:
    case NodeKind::Name:
    case NodeKind::Literal:
    case NodeKind::Duration:
    case NodeKind::Secret:
    case NodeKind::Property:
      return tree.name(node);
    default:
      return {};
  }
}

std::vector<Symbol> names_of(const ast::Tree& tree, NodeId list) {
  std::vector<Symbol> names;
  for (NodeId node : tree.list(list)) names.push_back(text_of(tree, node));
  return names;
}

Items::Items(const Resolving& context, NodeId list, std::string block, std::initializer_list<std::string_view> known,
             std::initializer_list<std::string_view> repeatable)
    : context_(context), list_(list), block_(std::move(block)) {
  const ast::Tree& tree = context.tree;
  std::vector<std::pair<Symbol, NodeId>> seen;
  for (NodeId item : tree.list(list)) {
    if (tree.kind(item) != NodeKind::Property) continue;
    Symbol name = tree.name(item);
    if (!contains(known, name.text())) {
      context.report(diag::UnknownItem, item, fmt::format("{} has no item `{}`", block_, name.text()))
          .help(did_you_mean(name.text(), std::vector<std::string_view>(known)));
      continue;
    }
    if (contains(repeatable, name.text())) continue;
    auto first = std::find_if(seen.begin(), seen.end(), [&](const auto& entry) { return entry.first == name; });
    if (first != seen.end()) {
      context.report(diag::DuplicateItem, item, fmt::format("`{}` is given twice", name.text()))
          .label(context.place(first->second), "first given here")
          .help("keep one of them");
    } else {
      seen.emplace_back(name, item);
    }
  }
}

NodeId Items::find(std::string_view name) const {
  for (NodeId item : context_.tree.list(list_)) {
    if (context_.tree.kind(item) == NodeKind::Property && context_.tree.name(item).text() == name) return item;
  }
  return {};
}

std::vector<NodeId> Items::all(std::string_view name) const {
  std::vector<NodeId> found;
  for (NodeId item : context_.tree.list(list_)) {
    if (context_.tree.kind(item) == NodeKind::Property && context_.tree.name(item).text() == name) {
      found.push_back(item);
    }
  }
  return found;
}

NodeId Items::value(std::string_view name) const {
  NodeId item = find(name);
  if (!item || context_.tree.children(item).empty()) return {};
  return context_.tree.children(item)[0];
}

Symbol Items::text(std::string_view name) const {
  return text_of(context_.tree, value(name));
}

Symbol Items::word(std::string_view name, std::initializer_list<std::string_view> allowed) const {
  NodeId node = value(name);
  return node ? one_of_words(context_, node, name, allowed) : Symbol();
}

std::optional<pipeline::Duration> Items::duration(std::string_view name) const {
  NodeId node = value(name);
  return node ? read_duration(context_, node) : std::nullopt;
}

bool Items::require(std::string_view name, std::string_view example) const {
  if (find(name)) return true;
  Span head = context_.tree[context_.tree.root].span;
  head.end = std::min(head.end, head.begin + static_cast<uint32_t>(context_.declaration.name.text().size()));
  context_.sink
      .report(diag::MissingItem, Place::of_member(context_.declaration.key, Symbol::of("")),
              fmt::format("{} `{}` has no `{}`", block_, context_.declaration.name.text(), name))
      .help(fmt::format("add a line such as `{}`", example));
  return false;
}

std::optional<pipeline::Duration> read_duration(const Resolving& context, NodeId node) {
  struct Unit {
    std::string_view name;
    int64_t seconds;
  };
  static constexpr Unit kUnits[] = {{"second", 1},    {"minute", 60},     {"hour", 3600},    {"day", 86400},
                                    {"week", 604800}, {"month", 2592000}, {"year", 31536000}};
  std::string_view text = text_of(context.tree, node).text();
  int64_t amount = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), amount);
  std::string_view word = text.substr(static_cast<size_t>(parsed.ptr - text.data()));
  while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
  std::string unit(Symbol::of(word).folded().text());
  if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
  for (const Unit& known : kUnits) {
    if (known.name != unit || parsed.ec != std::errc() || amount <= 0 || amount > 1'000'000) continue;
    return pipeline::Duration{amount * known.seconds, fmt::format("{} {}{}", amount, unit, amount == 1 ? "" : "s")};
  }
  context.report(diag::BadDuration, node, fmt::format("`{}` is no duration", text))
      .help(
          "write a number, a space and seconds, minutes, hours, days, weeks, months (30 days) or years (365 days): `10 "
          "minutes`");
  return std::nullopt;
}

namespace {

// `owner`, `tags` and `description` as items of the block, for those who like them there.
void read_head_items(const Resolving& context, pipeline::Head& head) {
  const ast::Tree& tree = context.tree;
  for (NodeId list : tree.children(tree.root)) {
    if (!tree.is<ast::List>(list)) continue;
    for (NodeId item : tree.list(list)) {
      if (!tree.is<ast::Property>(item)) continue;
      std::string_view name = tree.name(item).text();
      for (NodeId value : tree.children(item)) {
        if (name == "owner") head.owner = text_of(tree, value).text();
        if (name == "description") head.description = text_of(tree, value).text();
        if (name != "tags") continue;
        for (Symbol tag : names_of(tree, value)) head.tags.push_back(tag);
      }
    }
  }
}

}  // namespace

pipeline::Head head_of(const Resolving& context, const ProjectFacts& facts, NodeId annotations) {
  const ast::Tree& tree = context.tree;
  pipeline::Head head;
  head.name = context.declaration.name;
  head.declaration = context.declaration.key;
  head.file = context.declaration.file;
  head.description = tree.doc(tree.root).text();
  head.owner = facts.owner;
  read_head_items(context, head);
  for (NodeId node : tree.list(annotations)) {
    std::string_view name = tree.name(node).text();
    if (name == "allow") continue;             // project/allowances.h
    if (name.starts_with("clears")) continue;  // of a function's header: semantic/function.cpp
    std::vector<Symbol> values;
    for (NodeId argument : tree.list(tree.get<ast::Annotation>(node).arguments)) {
      values.push_back(text_of(tree, tree.get<ast::AnnotationArg>(argument).value));
    }
    if (name == "owner" && values.size() == 1) {
      head.owner = values[0].text();
    } else if (name == "tags" && !values.empty()) {
      head.tags.insert(head.tags.end(), values.begin(), values.end());
    } else if (name == "owner" || name == "tags") {
      context.report(diag::BadAnnotation, node, fmt::format("`@{}` lacks its argument", name))
          .help(name == "owner" ? "write `@owner('team@example.com')`" : "write `@tags(finance, live)`");
    } else {
      context
          .report(diag::BadAnnotation, node,
                  fmt::format("a {} has no annotation `@{}`", decl_kind_name(context.declaration.kind), name))
          .help(did_you_mean(name, {"allow", "owner", "tags"}));
    }
  }
  std::sort(head.tags.begin(), head.tags.end(), ByText{});
  head.tags.erase(std::unique(head.tags.begin(), head.tags.end()), head.tags.end());
  auto require = [&](bool wanted, const std::string& value, const char* what, const char* remedy) {
    if (!wanted || !value.empty()) return;
    context.sink
        .report(diag::MissingMetadata, Place::of_member(context.declaration.key, Symbol()),
                fmt::format("{} `{}` has no {}", decl_kind_name(context.declaration.kind), head.name.text(), what))
        .note("pipec.yaml requires it: defaults.require")
        .help(remedy);
  };
  require(facts.require_owner, head.owner, "owner", "write `@owner('team@example.com')` above it");
  require(facts.require_description, head.description, "description", "write a line that begins with `///` above it");
  return head;
}

std::vector<Symbol> pii_of(const Resolving& context, NodeId annotations) {
  std::vector<Symbol> classes;
  for (NodeId node : context.tree.list(annotations)) {
    if (context.tree.name(node).text() == "allow") continue;
    if (context.tree.name(node).text() != "pii") {
      context
          .report(diag::BadAnnotation, node,
                  fmt::format("a column has no annotation `@{}`", context.tree.name(node).text()))
          .help(did_you_mean(context.tree.name(node).text(), {"allow", "pii"}));
      continue;
    }
    auto arguments = context.tree.list(context.tree.get<ast::Annotation>(node).arguments);
    if (arguments.empty()) {
      context.report(diag::BadAnnotation, node, "`@pii` lacks its argument").help("say of what kind: `@pii(name)`");
    }
    for (NodeId argument : arguments) {
      NodeId value = context.tree.get<ast::AnnotationArg>(argument).value;
      if (context.tree.is<ast::Literal>(value)) {
        context.report(diag::BadAnnotation, value, "a class of `@pii` is a word").help("write `@pii(name)`");
      } else {
        classes.push_back(text_of(context.tree, value));
      }
    }
  }
  std::sort(classes.begin(), classes.end(), ByText{});
  return classes;
}

Symbol column_of(std::string_view owner, const pipeline::Column& column) {
  return Symbol::of(fmt::format("{}.{}", owner, column.name.folded().text()));
}

void report_no_column(const Resolving& context, Place place, const std::vector<pipeline::Column>& columns,
                      std::string_view owner, Symbol name) {
  std::vector<std::string_view> names;
  for (const pipeline::Column& column : columns) names.push_back(column.name.text());
  context.sink.report(diag::UnknownMember, place, fmt::format("`{}` has no column `{}`", owner, name.text()))
      .about(Symbol::of(fmt::format("column:{}.{}", owner, name.folded().text())))
      .help(did_you_mean(name.text(), names));
}

bool check_columns(const Resolving& context, NodeId name_list, const std::vector<pipeline::Column>& columns,
                   std::string_view owner) {
  bool all = true;
  for (NodeId node : context.tree.list(name_list)) {
    Symbol name = text_of(context.tree, node);
    auto same = [&](const pipeline::Column& column) { return column.name.folded() == name.folded(); };
    if (std::any_of(columns.begin(), columns.end(), same)) continue;
    report_no_column(context, context.place(node), columns, owner, name);
    all = false;
  }
  return all;
}

}  // namespace pipec::semantic
