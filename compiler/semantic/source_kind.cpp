// What each kind of source has: which items it takes and needs, how its tables are named.
#include <algorithm>

#include <fmt/format.h>

#include "semantic/source.h"

namespace pipec::semantic {

using ast::NodeId;

namespace {

using Words = std::vector<std::string_view>;

struct Kind {
  std::string_view name;
  Words required, optional;
  std::string_view tables;  // the word that declares one
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds = {
      {"postgres", {"connection", "database"}, {"cdc", "replica", "publication", "slot", "fresh"}, "table"},
      {"sqlserver", {"connection", "database"}, {"cdc", "replica", "fresh"}, "table"},
      {"mysql", {"connection", "database"}, {"cdc", "replica", "fresh"}, "table"},
      {"kafka", {"connection"}, {"fresh", "format"}, "topic"},
      {"files", {"path", "format"}, {"connection", "drop columns", "fresh"}, "table"},
      {"rest", {"base_url"}, {"connection", "auth", "rate", "fresh"}, "resource"},
      {"external", {"loaded by"}, {"schema", "database", "connection", "fresh"}, "table"}};
  return kKinds;
}

const Kind& kind_of(Symbol name) {
  for (const Kind& kind : kinds()) {
    if (kind.name == name.text()) return kind;
  }
  return kinds().front();
}

bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view example(std::string_view item) {
  if (item == "connection") return "connection app_db";
  if (item == "database") return "database shop";
  if (item == "path") return "path 'orders/*.csv'";
  if (item == "format") return "format csv { header }";
  if (item == "base_url") return "base_url 'https://api.example.com/v2'";
  return "loaded by 'fivetran'";
}

std::string_view table_word(const ast::Tree& tree, NodeId item) {
  if (tree.is<ast::TableDecl>(item)) return "table";
  if (!tree.is<ast::ResourceDecl>(item)) return {};
  return tree[item].op == 1 ? "topic" : "resource";
}

void read_auth(const Resolving& context, const Items& items, ServiceItems& out) {
  NodeId item = items.find("auth");
  if (!item) return;
  out.auth = items.word("auth", {"bearer", "basic", "header", "none"});
  NodeId literal;
  for (NodeId child : context.tree.children(item)) {
    if (context.tree.is<ast::Secret>(child)) out.secret = text_of(context.tree, child);
    if (context.tree.is<ast::Literal>(child)) literal = child;
  }
  if (literal) out.auth_name = text_of(context.tree, literal).text();
  std::string_view how = out.auth.text();
  if (how.empty() || how == "none") return;
  bool named = how == "basic" || how == "header";
  if (literal && !(named && !out.secret.empty())) {
    context.report(diag::BadCredential, literal, "a credential is written out")
        .note("whoever can read the repository has it now: change it")
        .help(fmt::format("write where it is found: `auth {} secret('name')`", how));
  } else if (out.secret.empty()) {
    context.report(diag::BadCredential, item, fmt::format("`auth {}` has no secret", how))
        .help(fmt::format("write where it is found: `auth {} secret('name')`", how));
  }
}

}  // namespace

bool has_native_types(Symbol kind) {
  return kind.text() == "postgres" || kind.text() == "sqlserver" || kind.text() == "mysql";
}

Symbol default_schema(const pipeline::Source& source) {
  if (source.kind.text() == "sqlserver") return Symbol::of("dbo");
  if (source.kind.text() == "mysql") return source.database;
  if (source.kind.text() == "postgres") return Symbol::of("public");
  return {};
}

std::vector<Symbol> table_names(const pipeline::Source& source) {
  std::vector<Symbol> names;
  for (const pipeline::SourceTable& table : source.tables) names.push_back(qualified(table.schema, table.name));
  return names;
}

const pipeline::SourceTable* find_table(const pipeline::Source& source, std::span<const Symbol> path) {
  Symbol wanted;
  for (Symbol part : path) wanted = qualified(wanted, part);
  for (const pipeline::SourceTable& table : source.tables) {
    Symbol name = qualified(table.schema, table.name).folded();
    bool short_name = path.size() == 1 && table.schema.folded() == default_schema(source).folded();
    if (name == wanted.folded() || (short_name && table.name.folded() == wanted.folded())) return &table;
  }
  return nullptr;
}

void check_items_of_kind(const Resolving& context, const Items& items, NodeId list, Symbol name) {
  const Kind& kind = kind_of(name);
  static const Words kAlways = {"kind", "timestamps in", "owner", "tags", "description"};
  for (std::string_view item : kind.required) items.require(item, example(item));
  for (NodeId item : context.tree.list(list)) {
    std::string_view tables = table_word(context.tree, item);
    if (!tables.empty() && tables != kind.tables) {
      context.report(diag::UnknownItem, item, fmt::format("a source of kind `{}` has no `{}`", kind.name, tables))
          .help(fmt::format("its tables are declared by `{}`", kind.tables));
    }
    if (!context.tree.is<ast::Property>(item)) continue;
    std::string_view word = context.tree.name(item).text();
    bool known = std::any_of(kinds().begin(), kinds().end(), [&](const Kind& other) {
      return contains(other.required, word) || contains(other.optional, word);
    });
    if (!known || contains(kAlways, word) || contains(kind.required, word) || contains(kind.optional, word)) continue;
    context.report(diag::UnknownItem, item, fmt::format("a source of kind `{}` has no item `{}`", kind.name, word))
        .help("take it out, or choose the kind that it belongs to");
  }
}

ServiceItems read_service_items(const Resolving& context, const Items& items) {
  ServiceItems out;
  out.path = items.text("path").text();
  out.base_url = items.text("base_url").text();
  if (!out.base_url.empty() && !out.base_url.starts_with("https://") && !out.base_url.starts_with("http://")) {
    context.report(diag::BadName, items.value("base_url"), fmt::format("`{}` is no address", out.base_url))
        .help("write `base_url 'https://api.example.com/v2'`");
  }
  out.format = items.word("format", {"csv", "json", "parquet", "avro", "xml", "text"});
  if (NodeId item = items.find("format"); item && context.tree.children(item).size() > 1) {
    NodeId list = context.tree.children(context.tree.children(item)[1])[0];
    Items options(context, list, fmt::format("the format {}", out.format.text()),
                  {"header", "delimiter", "quote", "escape", "null", "encoding", "compression", "skip", "multiline"});
    for (NodeId option : context.tree.list(list)) {
      std::string& value = out.format_options[std::string(context.tree.name(option).text())];
      value = context.tree.children(option).empty() ? "true"
                                                    : text_of(context.tree, context.tree.children(option)[0]).text();
    }
  }
  read_auth(context, items, out);
  if (NodeId item = items.find("rate"); item && context.tree.children(item).size() == 2) {
    out.rate = read_number(context, context.tree.children(item)[0], 1, 1'000'000);
    out.rate_per = one_of_words(context, context.tree.children(item)[1], "unit", {"second", "minute", "hour", "day"});
  }
  return out;
}

}  // namespace pipec::semantic
