// `cdc target from source { ... }`: one captured table, or by wildcard every one that has no cdc of its own.
#include <algorithm>

#include <fmt/format.h>

#include "pipeline/cdc_columns.h"
#include "semantic/facts.h"
#include "semantic/items.h"
#include "semantic/resolve.h"
#include "semantic/source.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;
using pipeline::DriftPolicy;
using pipeline::SourceTable;

Symbol join(Symbol schema, std::string name) {
  return qualified(schema, Symbol::of(name)).folded();
}

// dbo.PlayerStats lands as player_stats: a capital after a small letter or a digit opens a word.
std::string snake_case(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    bool upper = name[i] >= 'A' && name[i] <= 'Z';
    bool after_small =
        i > 0 && ((name[i - 1] >= 'a' && name[i - 1] <= 'z') || (name[i - 1] >= '0' && name[i - 1] <= '9'));
    if (upper && after_small) out += '_';
    out += upper ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
  }
  return out;
}

class CdcResolver {
 public:
  CdcResolver(const Resolving& context, const Reader& reader, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        out_(out),
        decl_(tree_.get<ast::CdcDecl>(tree_.root)) {}

  void run() {
    head_ = head_of(context_, facts_of_kind(), decl_.annotations);
    if (!find_source()) return;
    read_items();
    auto target = tree_.children(decl_.target);
    if (target.size() != 2) {
      context_.report(diag::BadName, decl_.target, "a cdc lands in a schema: two names are needed")
          .help("write `cdc bronze.orders from ...`");
      return;
    }
    schema_ = tree_.name(target[0]);
    if (tree_.is<ast::Wildcard>(target[1])) {
      expand();
    } else {
      capture_one(join(schema_, std::string(tree_.name(target[1]).text())));
    }
  }

 private:
  // A wildcard's tables are described at the source; a cdc of one table may describe it anew.
  ProjectFacts facts_of_kind() const {
    ProjectFacts facts = reader_.facts();
    facts.require_description = false;
    return facts;
  }

  bool find_source() {
    auto parts = tree_.children(decl_.source);
    Symbol name = tree_.name(parts[0]).folded();
    source_ = reader_.source(name);
    if (source_ && !has_native_types(source_->kind) && !source_->kind.empty()) {
      context_
          .report(diag::BadName, decl_.source,
                  fmt::format("a source of kind `{}` has no log of changes", source_->kind.text()))
          .help("bring it in by `load`, or read it where it lies");
      return false;
    }
    if (!source_) {
      context_.report(diag::UnknownSource, parts[0], fmt::format("there is no source `{}`", name.text()))
          .about(name)
          .help(did_you_mean(name.text(), reader_.source_names()));
      return false;
    }
    return true;
  }

  void read_items() {
    Items items(context_, decl_.items, "cdc",
                {"history", "log", "deletes", "key", "on new column", "on lost column", "on type change", "erase by",
                 "owner", "tags", "description"});
    if (NodeId node = items.value("history")) {
      history_ = text_of(tree_, node).folded();
      check_two_names(context_, node, "a history lies in a schema", "history bronze.orders_history");
    }
    if (NodeId node = items.find("log")) {
      for (NodeId child : tree_.children(node)) {
        if (tree_.is<ast::QName>(child)) {
          log_ = text_of(tree_, child).folded();
          check_two_names(context_, child, "a log lies in a schema", "log bronze.orders_log");
        }
        if (tree_.is<ast::Duration>(child)) retention_ = read_duration(context_, child);
        if (tree_.is<ast::Property>(child)) retention_ = read_duration(context_, tree_.children(child)[0]);
      }
    }
    if (items.word("deletes", {"hard", "soft"}).text() == "soft") deletes_ = pipeline::Deletes::Soft;
    key_node_ = items.value("key");
    auto need = [&](pipeline::Capability capability, NodeId node, std::string what) {
      out_.needs.push_back({capability, context_.declaration.key, tree_[node].span, std::move(what)});
    };
    auto drift = [&](std::string_view event, std::initializer_list<std::string_view> words, DriftPolicy& policy) {
      const std::string_view word = items.word(event, words).text();
      if (word == "ignore") policy = DriftPolicy::Ignore;
      if (word == "rescue") policy = DriftPolicy::Rescue;
      if (word == "fail") policy = DriftPolicy::Fail;
      if (word != "add") return;
      policy = DriftPolicy::Add;
      need(pipeline::Capability::CdcAddColumns, items.find(event), fmt::format("`{} add`", event));
    };
    drift("on new column", {"add", "rescue", "ignore", "fail"}, new_column_);
    drift("on lost column", {"ignore", "fail"}, lost_column_);
    drift("on type change", {"rescue", "fail"}, changed_type_);
    erase_node_ = items.value("erase by");
    if (erase_node_) need(pipeline::Capability::CdcErase, items.find("erase by"), "`erase by`");
  }

  // What is left out must be there to be left out.
  void check_exceptions(const std::vector<Symbol>& path) {
    for (NodeId node : tree_.list(decl_.except)) {
      Symbol wanted = text_of(tree_, node).folded();
      std::vector<Symbol> names;
      bool found = false;
      for (const SourceTable& table : source_->tables) {
        if (!path.empty() && table.schema.folded() != path[0].folded()) continue;
        names.push_back(qualified(table.schema, table.name));
        found = found || wanted == names.back().folded() || wanted == table.name.folded();
      }
      if (found || source_->broken) continue;
      std::vector<std::string_view> texts;
      for (Symbol name : names) texts.push_back(name.text());
      context_
          .report(diag::UnknownSource, node,
                  fmt::format("the wildcard covers no table `{}`", text_of(tree_, node).text()))
          .about(qualified(source_->head.name, wanted))
          .help(did_you_mean(wanted.text(), texts));
    }
  }

  bool excepted(const SourceTable& table) const {
    for (NodeId node : tree_.list(decl_.except)) {
      Symbol name = text_of(tree_, node).folded();
      if (name == qualified(table.schema, table.name).folded() || name == table.name.folded()) return true;
    }
    return false;
  }

  void expand() {
    auto parts = tree_.children(decl_.source);
    std::vector<Symbol> path;
    for (size_t i = 1; i < parts.size(); ++i) {
      if (!tree_.is<ast::Wildcard>(parts[i])) path.push_back(tree_.name(parts[i]));
    }
    bool is_wildcard = tree_.is<ast::Wildcard>(parts.back());
    if (!is_wildcard) {
      context_.report(diag::BadName, decl_.source, "a wildcard target needs a wildcard source")
          .help("write `cdc bronze.* from source.schema.*`");
      return;
    }
    check_exceptions(path);
    size_t found = 0;
    for (const SourceTable& table : source_->tables) {
      if (!path.empty() && table.schema.folded() != path[0].folded()) continue;
      ++found;
      if (excepted(table) || reader_.claimed(source_->head.name, qualified(table.schema, table.name))) continue;
      capture(table, join(schema_, snake_case(table.name.text())));
    }
    if (found == 0 && !source_->broken) {
      context_
          .report(diag::UnknownSource, decl_.source,
                  fmt::format("the source `{}` has no table in `{}`", source_->head.name.text(),
                              path.empty() ? "" : path[0].text()))
          .about(source_->head.name);
    }
  }

  void capture_one(Symbol name) {
    if (decl_.except) {
      context_.report(diag::BadName, decl_.except, "only a wildcard leaves tables out")
          .help("take `except (...)` out, or write `cdc bronze.* from source.schema.*`");
    }
    auto parts = tree_.children(decl_.source);
    Symbol table_name = tree_.name(parts.back());
    Symbol schema = parts.size() > 2 ? tree_.name(parts[parts.size() - 2]) : default_schema(*source_);
    std::vector<std::string_view> names;
    std::vector<Symbol> kept;
    for (const SourceTable& table : source_->tables) {
      if (table.name.folded() == table_name.folded() && table.schema.folded() == schema.folded()) {
        return capture(table, name);
      }
      kept.push_back(qualified(table.schema, table.name));
      names.push_back(kept.back().text());
    }
    if (source_->broken) return add_broken(name);
    Symbol wanted = qualified(schema, table_name);
    context_
        .report(diag::UnknownSource, decl_.source,
                fmt::format("the source `{}` has no table `{}`", source_->head.name.text(), wanted.text()))
        .about(qualified(source_->head.name, wanted).folded())
        .help(did_you_mean(wanted.text(), names));
  }

  // The table may be what could not be read of the source.
  void add_broken(Symbol name) {
    std::string base(name.text());
    for (Symbol table_name : {name, log_.value_or(Symbol::of(base + "_log")), history_.value_or(Symbol())}) {
      if (table_name.empty()) continue;
      sql::TableInterface table;
      table.name = table_name;
      table.declaration = context_.declaration.key;
      table.broken = true;
      out_.tables.push_back(std::move(table));
    }
  }

  void capture(const SourceTable& table, Symbol name) {
    pipeline::Cdc cdc;
    cdc.head = head_;
    cdc.head.name = name;
    if (cdc.head.description.empty() || tree_.is<ast::Wildcard>(tree_.children(decl_.target).back())) {
      cdc.head.description = table.description;
    }
    cdc.source = source_->head.name;
    cdc.source_kind = source_->kind;
    cdc.table_schema = table.schema;
    cdc.table_name = table.name;
    check_table_columns(erase_node_, table);
    check_table_columns(key_node_, table);
    cdc.key = table.primary_key;
    if (key_node_) cdc.key = names_of(tree_, key_node_);
    if (cdc.key.empty() && source_->broken) return add_broken(name);
    if (cdc.key.empty()) {
      context_
          .report(diag::NoKey, decl_.source,
                  fmt::format("`{}` has no primary key, so its changes cannot be put in their place",
                              qualified(table.schema, table.name).text()))
          .about(Symbol::of(fmt::format("key of {}", qualified(table.schema, table.name).text())))
          .help(
              "declare the columns that tell its rows apart: `key (a, b)` in this cdc, or take the table out "
              "with "
              "`except`");
      return add_broken(name);
    }
    std::string base(name.text());
    cdc.log = log_.value_or(Symbol::of(base + "_log"));
    cdc.history = history_;
    cdc.log_retention = retention_;
    cdc.deletes = deletes_;
    cdc.new_column = new_column_;
    cdc.lost_column = lost_column_;
    cdc.changed_type = changed_type_;
    add_nodes(cdc, table);
    check_kept(cdc, table);
    out_.cdcs.push_back(std::move(cdc));
  }

  // The log remembers people whom the source has forgotten.
  void check_kept(const pipeline::Cdc& cdc, const SourceTable& table) {
    if (cdc.log_retention || erase_node_) return;
    for (const pipeline::SourceColumn& column : table.columns) {
      if (column.column.pii.empty()) continue;
      context_
          .report(
              diag::KeptForEver, decl_.source,
              fmt::format("the log of `{}` keeps every `{}` for ever", cdc.head.name.text(), column.column.name.text()))
          .help("say for how long: `log retain 400 days`");
      return;
    }
  }

  void check_table_columns(NodeId names, const SourceTable& table) {
    std::vector<pipeline::Column> columns;
    for (const pipeline::SourceColumn& column : table.columns) columns.push_back(column.column);
    if (names && !source_->broken) check_columns(context_, names, columns, source_->full_name(table).text());
  }

  void add_nodes(const pipeline::Cdc& cdc, const SourceTable& table) {
    size_t object = out_.cdcs.size();
    add(cdc, cdc.log, pipeline::NodeKind::CdcLog, pipeline::cdc_log_columns(cdc, table), {}, table, object);
    add(cdc, cdc.head.name, pipeline::NodeKind::CdcCurrent, pipeline::cdc_current_columns(cdc, table), {cdc.log}, table,
        object);
    if (cdc.history) {
      add(cdc, *cdc.history, pipeline::NodeKind::CdcHistory, pipeline::cdc_history_columns(cdc, table), {cdc.log},
          table, object);
    }
  }

  void add(const pipeline::Cdc& cdc, Symbol name, pipeline::NodeKind kind, std::vector<pipeline::Column> columns,
           std::vector<Symbol> inputs, const SourceTable& table, size_t object) {
    pipeline::Node node;
    node.head = cdc.head;
    node.head.name = name;
    node.kind = kind;
    node.columns = std::move(columns);
    node.inputs = std::move(inputs);
    node.object = object;
    Symbol from = kind == pipeline::NodeKind::CdcLog
                      ? qualified(cdc.source, qualified(cdc.table_schema, cdc.table_name)).folded()
                      : cdc.log;
    for (const pipeline::Column& column : node.columns) {
      lineage::ColumnLineage& edge = node.lineage.emplace_back();
      bool captured = std::any_of(table.columns.begin(), table.columns.end(), [&](const pipeline::SourceColumn& c) {
        return c.column.name.folded() == column.name.folded();
      });
      if (captured) edge.direct.push_back({{from, column.name.folded()}, lineage::Direct::Identity});
    }
    if (reader_.facts().require_description && node.head.description.empty()) {
      context_.sink
          .report(diag::MissingMetadata, Place::of_member(context_.declaration.key, Symbol()),
                  fmt::format("`{}` has no description", name.text()))
          .help("write a line that begins with `///` above the cdc, or above the table in its source");
    }
    node.facts = facts_of_cdc(cdc, node, table);
    out_.tables.push_back(interface_of(node, context_.declaration.key));
    out_.tables.back().broken = source_->broken;
    out_.nodes.push_back(std::move(node));
  }

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  ast::CdcDecl decl_;
  pipeline::Head head_;
  const pipeline::Source* source_ = nullptr;
  Symbol schema_;
  std::optional<Symbol> history_, log_;
  std::optional<pipeline::Duration> retention_;
  pipeline::Deletes deletes_ = pipeline::Deletes::Hard;
  DriftPolicy new_column_ = DriftPolicy::Ignore, lost_column_ = DriftPolicy::Ignore, changed_type_ = DriftPolicy::Fail;
  NodeId key_node_, erase_node_;
};

}  // namespace

void resolve_cdc(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  CdcResolver(context, reader, out).run();
}

}  // namespace pipec::semantic
