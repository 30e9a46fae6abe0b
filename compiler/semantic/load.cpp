// `load target from source.table { ... }`: a table filled from a source without its log.
#include <fmt/format.h>

#include "semantic/facts.h"
#include "semantic/resolve.h"
#include "semantic/source.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;
using pipeline::Load;

class LoadResolver {
 public:
  LoadResolver(const Resolving& context, const Reader& reader, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        out_(out),
        decl_(tree_.get<ast::LoadDecl>(tree_.root)) {}

  void run() {
    ProjectFacts facts = reader_.facts();
    facts.require_description = false;  // the table may be described at its source
    load_.head = head_of(context_, facts, decl_.annotations);
    check_two_names(context_, decl_.name, "a load fills a table in a schema", "load raw.users from ...");
    if (!find_table_of_source()) return add_broken();
    for (const pipeline::SourceColumn& column : table_->columns) columns_.push_back(column.column);
    Items items(context_, decl_.items, "load",
                {"full", "incremental on", "append new files", "write", "key", "duplicates", "bad rows", "partition by",
                 "tier", "retain", "owner", "tags", "description"});
    read_mode(items);
    read_write(items);
    read_duplicates(items);
    read_bad_rows(items);
    read_storage(items);
    add_node();
  }

 private:
  bool find_table_of_source() {
    auto parts = tree_.children(decl_.source);
    Symbol name = tree_.name(parts[0]).folded();
    source_ = reader_.source(name);
    if (!source_) {
      context_.report(diag::UnknownSource, parts[0], fmt::format("there is no source `{}`", name.text()))
          .about(name)
          .help(did_you_mean(name.text(), reader_.source_names()));
      return false;
    }
    std::vector<Symbol> path;
    for (NodeId part : parts.subspan(1)) path.push_back(tree_.name(part));
    table_ = path.empty() ? nullptr : find_table(*source_, path);
    if (table_ || source_->broken) return table_ != nullptr;
    std::vector<Symbol> names = table_names(*source_);
    std::vector<std::string_view> texts;
    for (Symbol known : names) texts.push_back(known.text());
    Symbol wanted;
    for (Symbol part : path) wanted = qualified(wanted, part);
    context_
        .report(diag::UnknownSource, decl_.source,
                fmt::format("the source `{}` has no table `{}`", name.text(), wanted.text()))
        .about(qualified(name, wanted).folded())
        .help(did_you_mean(wanted.text(), texts));
    return false;
  }

  // What cannot be read is there all the same: who reads it is not blamed.
  void add_broken() {
    sql::TableInterface table;
    table.name = load_.head.name;
    table.declaration = context_.declaration.key;
    table.broken = true;
    out_.tables.push_back(std::move(table));
  }

  void read_mode(const Items& items) {
    NodeId first;
    for (const char* name : {"full", "incremental on", "append new files"}) {
      NodeId item = items.find(name);
      if (!item) continue;
      if (first) {
        context_.report(diag::DuplicateItem, item, "a load has one way of reading")
            .label(context_.place(first), "given here already")
            .help("keep one of them");
        continue;
      }
      first = item;
    }
    bool topic = source_->kind.text() == "kafka", files = source_->kind.text() == "files";
    if (!first && !topic) {
      items.require("full", files ? "append new files" : "incremental on updated_at { lag 1 hour }");
      return;
    }
    if (!first) return;
    std::string_view mode = tree_.name(first).text();
    if (topic || (mode == "append new files") != (files && mode != "full")) {
      context_
          .report(diag::UnknownItem, first,
                  fmt::format("a source of kind `{}` is not read by `{}`", source_->kind.text(), mode))
          .help(topic   ? "take it out: a topic is read on from where the last run stopped"
                : files ? "write `append new files` or `full`"
                        : "write `full`, or `incremental on` a column that grows");
      return;
    }
    if (mode == "append new files") load_.mode = Load::Mode::NewFiles;
    if (mode == "incremental on") read_cursor(first);
  }

  std::string_view source_table() const { return source_->full_name(*table_).text(); }

  void read_cursor(NodeId item) {
    load_.mode = Load::Mode::Incremental;
    auto children = tree_.children(item);
    const pipeline::Column* column = find_column(context_, children[0], columns_, source_table());
    if (column) {
      load_.cursor = column->name;
      if (!column->type.is_numeric() && !column->type.is(sql::TypeKind::String)) {
        check_time(context_, children[0], source_table(), *column, "a cursor is a number,");
      }
    }
    if (children.size() < 2) return;
    Items block(context_, children[1], "incremental on", {"lag"});
    load_.lag = block.duration("lag");
  }

  void read_write(const Items& items) {
    Symbol write = items.word("write", {"merge", "append"});
    load_.merge = write.text() == "merge";
    NodeId key = items.value("key");
    if (key && check_columns(context_, key, columns_, source_table())) load_.key = names_of(tree_, key);
    if (!key) load_.key = table_->primary_key;
    if (!load_.merge || key || !load_.key.empty()) return;
    context_
        .report(diag::NoKey, items.find("write"),
                fmt::format("`{}` has no primary key, so its rows cannot be merged", table_->name.text()))
        .help("name the columns that tell its rows apart: `key (id)`");
  }

  void read_duplicates(const Items& items) {
    NodeId item = items.find("duplicates");
    if (!item) return;
    load_.duplicates = items.word("duplicates", {"drop", "fail", "keep"});
    auto children = tree_.children(item);
    if (children.size() < 2 || !tree_.is<ast::List>(children[1])) return;
    check_columns(context_, children[1], columns_, source_table());
    load_.duplicates_on = names_of(tree_, children[1]);
  }

  void read_bad_rows(const Items& items) {
    NodeId item = items.find("bad rows");
    if (!item) return;
    auto children = tree_.children(item);
    if (tree_.is<ast::Property>(children[0])) {
      load_.bad_rows = Symbol::of("quarantine");
      NodeId name = tree_.children(children[0])[0];
      load_.quarantine = text_of(tree_, name).folded();
      check_two_names(context_, name, "bad rows are kept in a schema", "bad rows quarantine raw.rejected");
      add_quarantine();
    } else {
      load_.bad_rows = one_of_words(context_, children[0], "policy", {"fail", "drop", "quarantine"});
    }
    if (children.size() > 1) load_.bad_rows_percent = read_number(context_, children[1], 0, 100);
  }

  void add_quarantine() {
    pipeline::Node node;
    node.head = load_.head;
    node.head.name = load_.quarantine;
    node.head.description = fmt::format("Rows that could not be read into {}.", load_.head.name.text());
    node.kind = pipeline::NodeKind::Quarantine;
    node.columns = {{Symbol::of("row"), sql::TypeKind::String, true, "The row as it was found.", {}},
                    {Symbol::of("reason"), sql::TypeKind::String, false, "Why it was set aside.", {}},
                    {Symbol::of("file"), sql::TypeKind::String, true, "Where it was found.", {}},
                    {Symbol::of("found_at"), sql::TypeKind::Timestamp, false, "When it was found.", {}}};
    out_.tables.push_back(interface_of(node, context_.declaration.key));
    out_.nodes.push_back(std::move(node));
  }

  void read_storage(const Items& items) {
    load_.retain = items.duration("retain");
    if (NodeId item = items.find("partition by")) {
      auto children = tree_.children(item);
      if (tree_.is<ast::Word>(children[0])) {
        load_.partition_by = one_of_words(context_, children[0], "partition", {"date", "hour", "month", "year"});
      }
      for (NodeId name : tree_.list(children.back())) {
        const pipeline::Column* column = find_column(context_, name, columns_, source_table());
        if (!column || load_.partition_by.empty()) continue;
        check_time(context_, name, source_table(), *column, "parts of time are taken of");
      }
      load_.partition_columns = names_of(tree_, children.back());
    }
    NodeId tier = items.find("tier");
    for (NodeId step : tree_.children(tier)) {
      auto children = tree_.children(step);
      pipeline::Tier& added = load_.tiers.emplace_back();
      added.name = one_of_words(context_, children[0], "tier", {"hot", "cool", "cold", "archive"});
      if (children.size() > 1) added.length = read_duration(context_, children[1]);
      if (children.size() < 2 && step != tree_.children(tier).back()) {
        context_.report(diag::BadDuration, step, fmt::format("how long is data `{}`?", added.name.text()))
            .help("write `tier hot 90 days then cold`: only the last one has no end");
      }
    }
  }

  void add_node() {
    load_.source = source_->head.name;
    load_.table_schema = table_->schema;
    load_.table_name = table_->name;
    if (load_.head.description.empty()) load_.head.description = table_->description;
    pipeline::Node node;
    node.head = load_.head;
    node.kind = pipeline::NodeKind::Load;
    node.columns = columns_;
    Symbol from = source_->full_name(*table_);
    for (const pipeline::Column& column : columns_) {
      node.lineage.emplace_back().direct.push_back({{from, column.name.folded()}, lineage::Direct::Identity});
    }
    if (reader_.facts().require_description && node.head.description.empty()) {
      context_.sink
          .report(diag::MissingMetadata, Place::of_member(context_.declaration.key, Symbol()),
                  fmt::format("`{}` has no description", node.head.name.text()))
          .help("write a line that begins with `///` above the load, or above the table in its source");
    }
    node.facts = facts_of_load(load_, node, *source_, *table_);
    out_.tables.push_back(interface_of(node, context_.declaration.key));
    out_.tables.back().broken = source_->broken;
    out_.nodes.push_back(std::move(node));
    out_.loads.push_back(std::move(load_));
  }

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  ast::LoadDecl decl_;
  Load load_;
  const pipeline::Source* source_ = nullptr;
  const pipeline::SourceTable* table_ = nullptr;
  std::vector<pipeline::Column> columns_;
};

}  // namespace

void resolve_load(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  LoadResolver(context, reader, out).run();
}

}  // namespace pipec::semantic
