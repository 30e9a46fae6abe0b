// `model name { ... as query }`: materialization, contract, expectations, and the query bound.
#include <algorithm>

#include <fmt/format.h>

#include "pipeline/dates.h"
#include "semantic/contract.h"
#include "semantic/expectations.h"
#include "semantic/facts.h"
#include "semantic/governance.h"
#include "semantic/items.h"
#include "semantic/resolve.h"
#include "semantic/use.h"
#include "sql/coercion.h"

namespace pipec::semantic {
namespace {

using ast::NodeId;
using pipeline::Column;
using pipeline::Materialization;

class ModelResolver {
 public:
  ModelResolver(const Resolving& context, const Reader& reader, Resolved& out)
      : context_(context),
        tree_(context.tree),
        reader_(reader),
        out_(out),
        decl_(tree_.get<ast::ModelDecl>(tree_.root)),
        bind_{reader, context.sink, context.declaration.key} {}

  void run() {
    model_.head = head_of(context_, reader_.facts(), decl_.annotations);
    check_name();
    Items items(context_, decl_.items, "model",
                {"view",
                 "full",
                 "streaming",
                 "materialized view",
                 "python",
                 "incremental by time",
                 "incremental by key",
                 "cluster by",
                 "partition by",
                 "key",
                 "access",
                 "reads",
                 "layout",
                 "renamed from",
                 "assume many to one",
                 "forward only from",
                 "history reset",
                 "grant",
                 "owner",
                 "tags",
                 "description"},
                {"grant", "reads", "assume many to one"});
    read_materialization(items);
    model_.is_public = items.word("access", {"public", "private"}).text() == "public";
    read_contract();
    if (model_.materialization == Materialization::Python) {
      read_python(items);
    } else {
      bind_query();
      make_node();
    }
    check_time_and_key();
    model_.cluster_by = read_layout_columns(items, "cluster by");
    model_.partition_by = read_layout_columns(items, "partition by");
    read_wishes(items);
    model_.expects = read_expectations(context_, reader_, decl_.items, node_, out_);
    add_contract_checks();
    finish();
  }

 private:
  void check_name() { check_two_names(context_, decl_.name, "a model lives in a schema", "model gold.sales { ... }"); }

  void read_materialization(const Items& items) {
    struct Choice {
      std::string_view item;
      Materialization value;
    };
    static constexpr Choice kChoices[] = {{"view", Materialization::View},
                                          {"full", Materialization::Full},
                                          {"streaming", Materialization::Streaming},
                                          {"materialized view", Materialization::MaterializedView},
                                          {"python", Materialization::Python},
                                          {"incremental by time", Materialization::IncrementalByTime},
                                          {"incremental by key", Materialization::IncrementalByKey}};
    NodeId first;
    for (const Choice& choice : kChoices) {
      NodeId item = items.find(choice.item);
      if (!item) continue;
      if (first) {
        context_.report(diag::DuplicateItem, item, "a model has one materialization")
            .label(context_.place(first), "given here already")
            .help("keep one of them");
        continue;
      }
      first = item;
      model_.materialization = choice.value;
    }
    if (!first) {
      items.require("view", "view");
      return;
    }
    if (model_.materialization >= Materialization::IncrementalByTime) read_incremental(first);
  }

  void read_incremental(NodeId item) {
    auto children = tree_.children(item);
    incremental_columns_ = children.empty() ? NodeId{} : children[0];
    model_.incremental.columns = names_of(tree_, incremental_columns_);
    NodeId block = children.size() > 1 ? children[1] : NodeId{};
    bool by_time = model_.materialization == Materialization::IncrementalByTime;
    Items items(context_, block, by_time ? "incremental by time" : "incremental by key",
                {"grain", "start", "batch", "lookback", "ignore changes of"}, {"ignore changes of"});
    for (NodeId node : items.all("ignore changes of")) read_ignored(node);
    if (!by_time) {
      for (const char* name : {"grain", "start", "batch", "lookback"}) {
        if (NodeId node = items.find(name)) {
          context_.report(diag::UnknownItem, node, fmt::format("incremental by key has no `{}`", name))
              .help("take it out");
        }
      }
      return;
    }
    read_grain(items);
    if (NodeId node = items.value("start")) read_start(node);
    if (auto lookback = items.duration("lookback")) model_.incremental.lookback = *lookback;
    if (auto batch = items.duration("batch")) {
      model_.incremental.batch_grains = std::max<int64_t>(1, batch->seconds / model_.incremental.grain_seconds);
      if (batch->seconds % model_.incremental.grain_seconds != 0) {
        context_.report(diag::BadDuration, items.value("batch"), "a batch is a whole number of grains")
            .help(fmt::format("write a multiple of {}", model_.incremental.grain == "DAY" ? "1 day" : "1 hour"));
      }
    }
  }

  void read_grain(const Items& items) {
    auto grain = items.duration("grain");
    pipeline::Incremental& incremental = model_.incremental;
    incremental.grain = "DAY";
    if (!grain) return;
    if (grain->seconds != 86400 && grain->seconds != 3600) {
      context_
          .report(diag::BadDuration, items.value("grain"), fmt::format("a grain of {} is not supported", grain->text))
          .help("use `1 day` or `1 hour`");
      return;
    }
    incremental.grain_seconds = grain->seconds;
    incremental.grain = grain->seconds == 86400 ? "DAY" : "HOUR";
  }

  void read_start(NodeId node) {
    std::string_view text = text_of(tree_, node).text();
    if (!pipeline::is_date(text)) {
      context_.report(diag::BadDuration, node, fmt::format("`{}` is no date", text)).help("write `start '2026-01-31'`");
      return;
    }
    model_.incremental.start = text;
  }

  void read_ignored(NodeId property) {
    for (NodeId child : tree_.children(property)) {
      auto read = [&](NodeId name_node) {
        Symbol name = text_of(tree_, name_node).folded();
        if (name.empty()) return;
        if (!reader_.table(name)) {
          context_.report(diag::UnknownNode, name_node, fmt::format("there is no table `{}`", name.text()))
              .about(name)
              .help(did_you_mean(name.text(), reader_.table_names()));
          return;
        }
        model_.incremental.ignore_changes_of.push_back(name);
      };
      if (tree_.is<ast::List>(child)) {
        for (NodeId item : tree_.list(child)) read(item);
      } else {
        read(child);
      }
    }
  }

  void read_contract() {
    for (NodeId item : tree_.list(decl_.items)) {
      if (!tree_.is<ast::Columns>(item)) continue;
      model_.has_contract = true;
      for (NodeId node : tree_.list(tree_.get<ast::Columns>(item).columns)) {
        if (tree_.is<ast::ColumnDecl>(node)) read_contract_column(node);
      }
    }
    std::vector<Symbol> names;
    for (const ContractColumn& column : contract_) names.push_back(column.column.name);
    for (const ContractColumn& column : contract_) {
      check_attributes(context_, column.node, "a contract");
      check_renamed(context_, column.node, names);
    }
  }

  void read_contract_column(NodeId node) {
    auto decl = tree_.get<ast::ColumnDecl>(node);
    ContractColumn column{{tree_.name(node), sql::type_of_node(tree_, decl.type, bind_), true,
                           std::string(tree_.doc(node).text()), pii_of(context_, decl.annotations)},
                          node,
                          decl.type};
    for (NodeId attribute : tree_.list(decl.attributes)) {
      if (tree_.is<ast::ColumnAttr>(attribute) && tree_.op<ast::AttrKind>(attribute) == ast::AttrKind::NotNull) {
        column.column.nullable = false;
      }
    }
    for (const ContractColumn& other : contract_) {
      if (other.column.name.folded() != column.column.name.folded()) continue;
      context_
          .report(diag::DuplicateColumn, node, fmt::format("the column `{}` is there twice", column.column.name.text()))
          .label(context_.place(other.node), "first declared here")
          .help("rename or remove one of them");
      return;
    }
    out_.members.emplace(column.column.name.folded(), tree_[node].span);
    contract_.push_back(std::move(column));
  }

  void bind_query() {
    if (!decl_.query) {
      context_.sink
          .report(diag::MissingItem, Place::of_member(context_.declaration.key, Symbol()),
                  fmt::format("model `{}` has no query", model_.head.name.text()))
          .help("end the block with `as select ...`");
      return;
    }
    sql::BindContext bind{reader_, context_.sink, context_.declaration.key};
    bind.windowed = model_.materialization == Materialization::IncrementalByTime;
    bound_ = std::make_shared<sql::BoundQuery>(sql::bind_query(tree_, decl_.query, bind));
    for (NodeId bound : bound_->tables.window_bounds) {
      out_.needs.push_back({pipeline::Capability::ModelWindow, context_.declaration.key, tree_[bound].span,
                            fmt::format("`{}` in a query", tree_.dotted(bound).text())});
    }
    model_.query.tree = context_.declaration.tree;
    model_.query.node = decl_.query;
    model_.query.bound = bound_;
    if (bound_->root) model_.query.lineage = lineage::lineage_of(*bound_);
  }

  size_t find_output(Symbol name) const {
    for (size_t i = 0; i < bound_->outputs.size(); ++i) {
      if (bound_->outputs[i].name.folded() == name.folded()) return i;
    }
    return bound_->outputs.size();
  }

  Place output_place(size_t i) const { return Place::in(context_.declaration.key, bound_->outputs[i].span); }

  void make_node() {
    node_.head = model_.head;
    node_.kind = pipeline::NodeKind::Model;
    if (!bound_ || !bound_->root) {
      broken_ = true;
      for (const ContractColumn& column : contract_) node_.columns.push_back(column.column);
      return;
    }
    broken_ = !bound_->ok;
    check_outputs();
    if (model_.has_contract) {
      match_contract();
    } else {
      for (size_t i = 0; i < bound_->outputs.size(); ++i) {
        const sql::BoundQuery::Output& output = bound_->outputs[i];
        node_.columns.push_back({output.name, output.type, output.nullable, {}, {}});
        if (i < model_.query.lineage.columns.size()) node_.lineage.push_back(model_.query.lineage.columns[i]);
        out_.members.emplace(output.name.folded(), output.span);
      }
    }
    inherit_pii(node_, reader_);
    read_inputs();
    check_deleted(context_, reader_, model_.query);
  }

  void check_outputs() {
    for (size_t i = 0; i < bound_->outputs.size(); ++i) {
      const sql::BoundQuery::Output& output = bound_->outputs[i];
      if (output.type.is_error()) continue;
      size_t first = find_output(output.name);
      if (first != i) {
        context_.sink
            .report(diag::DuplicateColumn, output_place(i),
                    fmt::format("the query gives two columns `{}`", output.name.text()))
            .label(output_place(first), "the other one")
            .help("give one of them another name: `... as other_name`");
      } else if (output.type.is(sql::TypeKind::Void)) {
        context_.sink
            .report(diag::UntypedColumn, output_place(i),
                    fmt::format("`{}` is NULL without a type", output.name.text()))
            .help("write `cast(null as string)`, with the type that it should have");
      } else if (output.type.is_interval()) {
        context_.sink
            .report(diag::UntypedColumn, output_place(i),
                    fmt::format("`{}` is an {}, which a table cannot store", output.name.text(), output.type.text()))
            .help("turn it into a number, as by `extract(...)` or `timestampdiff`");
      }
    }
  }

  void match_contract() {
    for (const ContractColumn& column : contract_) {
      node_.columns.push_back(column.column);
      node_.lineage.emplace_back();
      const size_t i = find_output(column.column.name);
      if (i < model_.query.lineage.columns.size()) node_.lineage.back() = model_.query.lineage.columns[i];
    }
    check_contract(context_, *bound_, contract_);
  }

  void read_inputs() {
    for (const auto& [node, name] : bound_->tables.relations) node_.inputs.push_back(name);
    std::sort(node_.inputs.begin(), node_.inputs.end(), ByText{});
    node_.inputs.erase(std::unique(node_.inputs.begin(), node_.inputs.end()), node_.inputs.end());
  }

  void check_time_and_key() {
    if (model_.materialization < Materialization::IncrementalByTime || broken_) return;
    if (!check_columns(context_, incremental_columns_, node_.columns, model_.head.name.text())) return;
    if (model_.materialization != Materialization::IncrementalByTime) return;
    if (model_.incremental.columns.size() != 1) {
      context_.report(diag::BadName, incremental_columns_, "incremental by time takes one column")
          .help("name one column");
      return;
    }
    for (const Column& column : node_.columns) {
      if (column.name.folded() != model_.incremental.columns[0].folded()) continue;
      if (column.type.is(sql::TypeKind::Timestamp) || column.type.is(sql::TypeKind::Date) || column.type.is_error())
        return;
      context_
          .report(
              diag::ContractType, incremental_columns_,
              fmt::format("`{}` is {}, but windows need a timestamp or a date", column.name.text(), column.type.text()))
          .typed_by({column_of(model_.head.name.text(), column)})
          .help("choose a timestamp column, or cast it in the query");
    }
  }

  std::vector<Symbol> read_layout_columns(const Items& items, std::string_view item) {
    std::vector<Symbol> columns;
    for (NodeId node : tree_.list(items.value(item))) {
      Symbol name = tree_.is<ast::ColumnRef>(node) ? tree_.dotted(node) : text_of(tree_, node);
      if (!broken_ && !has_column(node, name)) continue;
      columns.push_back(name.folded());
    }
    return columns;
  }

  bool has_column(NodeId node, Symbol name) {
    for (const Column& column : node_.columns) {
      if (column.name.folded() == name.folded()) return true;
    }
    report_no_column(context_, context_.place(node), node_.columns, model_.head.name.text(), name);
    return false;
  }

  // A program gives what its contract says; what it reads is declared.
  void read_python(const Items& items) {
    model_.program = read_program(context_, reader_, items.value("python"), decl_.items);
    if (decl_.query) {
      context_.report(diag::UnknownItem, decl_.query, "a model in Python has no query").help("take one of them out");
    }
    node_.head = model_.head;
    node_.kind = pipeline::NodeKind::Model;
    node_.inputs = tables_of(model_.program.reads);
    for (const ContractColumn& column : contract_) node_.columns.push_back(column.column);
    node_.lineage.resize(node_.columns.size());
    if (!contract_.empty()) return;
    context_.report(diag::MissingItem, items.find("python"), "nothing says what columns the program gives")
        .help("add `columns ( id bigint not null )`");
    broken_ = true;
  }

  // What is asked of a platform beyond the materialization.
  void read_wishes(const Items& items) {
    using pipeline::Capability;
    struct Wish {
      std::string_view item;
      Capability capability;
      std::string_view what;
    };
    static constexpr Wish kWishes[] = {{"grant", Capability::ModelGrant, "a grant on a model"},
                                       {"layout", Capability::ModelLayout, "`layout`"},
                                       {"partition by", Capability::ModelPartition, "`partition by`"},
                                       {"key", Capability::ModelKey, "a declared key"},
                                       {"forward only from", Capability::ModelForwardOnly, "`forward only`"},
                                       {"history reset", Capability::ModelHistoryReset, "`history reset`"}};
    for (const Wish& wish : kWishes) {
      for (NodeId item : items.all(wish.item)) {
        out_.needs.push_back({wish.capability, context_.declaration.key, tree_[item].span, std::string(wish.what)});
      }
    }
    if (NodeId key = items.value("key")) {
      if (!broken_ && check_columns(context_, key, node_.columns, model_.head.name.text())) {
        model_.key = names_of(tree_, key);
      }
    }
    if (NodeId date = items.value("forward only from"); date && !pipeline::is_date(text_of(tree_, date).text())) {
      context_.report(diag::BadDuration, date, fmt::format("`{}` is no date", text_of(tree_, date).text()))
          .help("write `forward only from '2026-01-31'`");
    }
    if (items.find("reads") && model_.materialization != Materialization::Python) {
      context_.report(diag::UnknownItem, items.find("reads"), "the query says what the model reads")
          .help("take `reads` out: it is for a model in Python");
    }
    read_old_name(items.value("renamed from"));
    for (NodeId grant : items.all("grant")) read_grant(grant);
    for (NodeId node : items.all("assume many to one")) read_assumed(tree_.children(node)[0]);
    read_layout(items);
  }

  void read_grant(NodeId node) {
    auto children = tree_.children(node);
    pipeline::Grant grant;
    for (NodeId privilege : tree_.list(children[0])) {
      Symbol word = one_of_words(context_, privilege, "privilege", {"select", "modify", "all"});
      if (!word.empty()) grant.privileges.push_back(word);
    }
    if (children.size() > 1) grant.roles = names_of(tree_, children[1]);
    model_.grants.push_back(std::move(grant));
  }

  void read_old_name(NodeId node) {
    if (!node) return;
    model_.renamed_from = text_of(tree_, node).folded();
    check_two_names(context_, node, "a model lives in a schema", "renamed from gold.sales");
    if (reader_.table(model_.renamed_from))
      report_not_renamed(context_.sink, context_.place(node), model_.renamed_from);
  }

  // Names in the query: an alias, or the table itself.
  void read_assumed(NodeId names) {
    std::vector<std::string_view> known;
    for (uint32_t i = 1; i < tree_.size(); ++i) {
      NodeId id{i};
      if (tree_.is<ast::Alias>(id) && !tree_.name(id).empty()) known.push_back(tree_.name(id).text());
      if (tree_.is<ast::TableRef>(id))
        known.push_back(tree_.name(tree_.children(tree_.get<ast::TableRef>(id).table).back()).text());
    }
    for (NodeId node : tree_.list(names)) {
      Symbol name = text_of(tree_, node).folded();
      auto same = [&](std::string_view other) { return Symbol::of(other).folded() == name; };
      assumed_.push_back(name);
      if (std::any_of(known.begin(), known.end(), same)) continue;
      context_.report(diag::UnknownNode, node, fmt::format("the query has no table `{}`", name.text()))
          .help(did_you_mean(name.text(), known));
    }
  }

  // Of each engine its own words; columns among their values must exist.
  void read_layout(const Items& items) {
    for (NodeId engine : tree_.list(items.value("layout"))) {
      Symbol name = one_of_words(context_, engine, "engine", {"databricks", "redshift", "snowflake", "postgres"});
      for (NodeId option : tree_.list(tree_.children(engine).empty() ? NodeId{} : tree_.children(engine)[0])) {
        if (!name.empty()) read_layout_option(name.text(), option);
      }
    }
  }

  void read_layout_option(std::string_view engine, NodeId option) {
    NodeId value = tree_.children(option).empty() ? NodeId{} : tree_.children(option)[0];
    Symbol word;
    if (engine == "databricks") word = one_of_words(context_, option, "layout of databricks", {"zorder", "partition"});
    if (engine == "redshift") {
      word = one_of_words(context_, option, "layout of redshift", {"distkey", "diststyle", "sortkey"});
    }
    if (engine == "snowflake") word = one_of_words(context_, option, "layout of snowflake", {"cluster_by"});
    if (engine == "postgres") word = one_of_words(context_, option, "layout of postgres", {"index", "fillfactor"});
    if (word.empty() || !value) return;
    if (word.text() == "diststyle") {
      one_of_words(context_, value, "diststyle", {"all", "even", "key", "auto"});
    } else if (word.text() == "fillfactor") {
      read_number(context_, value, 10, 100);
    } else if (tree_.is<ast::List>(value)) {
      if (!broken_) check_columns(context_, value, node_.columns, model_.head.name.text());
    } else if (!broken_) {
      has_column(value, text_of(tree_, value));
    }
  }

  // What the contract says and Spark cannot show is checked on each batch, before it is published.
  void add_contract_checks() {
    if (!bound_ || !bound_->root) return;
    for (const ContractColumn& wanted : contract_) {
      if (wanted.column.nullable) continue;
      size_t i = find_output(wanted.column.name);
      if (i == bound_->outputs.size() || !bound_->outputs[i].nullable) continue;
      pipeline::Expect expect;
      expect.name = Symbol::of(fmt::format("not_null__{}", wanted.column.name.folded().text()));
      expect.kind = pipeline::ExpectKind::NotNull;
      expect.text = fmt::format("not null ({})", wanted.column.name.folded().text());
      expect.columns = {wanted.column.name};
      auto same = [&](const pipeline::Expect& e) { return e.name == expect.name; };
      if (std::none_of(model_.expects.begin(), model_.expects.end(), same)) model_.expects.push_back(std::move(expect));
    }
  }

  void add_facts() {
    std::optional<facts::TableFacts> proven;
    if (bound_ && bound_->ok) {
      proven = facts::facts_of(
          {tree_, *bound_, reader_, assumed_, broken_ ? nullptr : &context_.sink, context_.declaration.key});
    }
    node_.facts = facts_of_model(model_, node_, proven ? &*proven : nullptr);
  }

  void finish() {
    add_facts();
    if (model_.is_public) check_public(context_, node_);
    if (model_.has_contract) broken_ = false;  // a contract is the interface: errors behind it stop there
    sql::TableInterface table = interface_of(node_, context_.declaration.key);
    table.broken = broken_;
    out_.tables.push_back(std::move(table));
    out_.nodes.push_back(std::move(node_));
    out_.models.push_back(std::move(model_));
  }

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  ast::ModelDecl decl_;
  sql::BindContext bind_;
  pipeline::Model model_;
  pipeline::Node node_;
  NodeId incremental_columns_;
  std::vector<ContractColumn> contract_;
  std::shared_ptr<sql::BoundQuery> bound_;
  std::vector<Symbol> assumed_;  // tables of which a row meets one at most, so the author says
  bool broken_ = false;
};

}  // namespace

void resolve_model(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  ModelResolver(context, reader, out).run();
}

}  // namespace pipec::semantic
