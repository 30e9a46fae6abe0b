#include "databricks/model.h"

#include <set>

#include <fmt/format.h>

#include "databricks/evolve.h"
#include "databricks/types.h"
#include "pipeline/captured_rows.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Materialization;
using pipeline::StepKind;

ModelLowering::ModelLowering(View& view, const Names& names, const pipeline::Model& model, const pipeline::Node& node)
    : lookup_(view),
      names_(names),
      model_(model),
      node_(node),
      author_(lookup_, names),
      steps_(node.head.name, &node.head),
      target_(names.node(node.head.name)),
      stage_(names.work(node.head.name, "stage")),
      pending_(names.work(node.head.name, "pending")) {}

void ModelLowering::lower(Output& output) {
  if (model_.materialization != Materialization::View) require_reader_of_inputs();
  switch (model_.materialization) {
    case Materialization::View:
      view();
      break;
    case Materialization::Full:
      full();
      break;
    case Materialization::IncrementalByTime:
      by_time();
      break;
    case Materialization::IncrementalByKey:
      by_key();
      break;
    case Materialization::MaterializedView:
      materialized_view();
      break;
    case Materialization::Streaming:
      streaming();
      break;
    case Materialization::Python:
      by_program();
      break;
  }
  steps_.take(output);
}

// ---- view

void ModelLowering::view() {
  create_view(steps_, target_, node_.columns, node_.head.description, [&](Statement& s) { return result(s); });
  set_tags(steps_, target_, true, node_.head.tags, node_.columns);
  grant(steps_, target_, true, model_.grants);
  Audited audited;
  audited.model = node_.head.name;
  audited.rows = target_;
  audited.reads = {node_.head.name};
  add_gates(steps_, lookup_, names_, author_, model_, audited);
}

// ---- full

void ModelLowering::full() {
  target_table({});
  work_table("stage", node_.columns, "The next state, while it is checked.");
  ledger_ = std::make_unique<Ledger>(names_, steps_, node_.head.name, fingerprint(),
                                     inputs_of(lookup_, names_, versioned_inputs()));
  ledger_->bind_versions();
  ledger_->for_each_due("due", always_due());
  steps_.reads = reads();
  steps_.writes = {work_symbol("stage")};
  steps_.execute("stage", [&](Statement& s) {
    return insert_by_name(s.sql, ast::InsertMode::Overwrite, stage_, s.sql.select(contract(s)));
  });
  audit_and_publish_all();
  ledger_->record("held", ledger_->inputs());
  steps_.end_loop();
}

// ---- parts

void ModelLowering::audit_and_publish_all() {
  Audited audited;
  audited.model = node_.head.name;
  audited.rows = stage_;
  audited.reads = {work_symbol("stage")};
  add_gates(steps_, lookup_, names_, author_, model_, audited);
  steps_.reads = {work_symbol("stage")};
  steps_.writes = {node_.head.name};
  steps_.execute("publish", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId rows = sql.select({.items = sql.columns({}, names()), .from = {sql.table(stage_)}});
    return insert_by_name(sql, ast::InsertMode::Overwrite, target_, rows);
  });
}

void ModelLowering::require_reader_of_inputs() {
  bool personal = is_personal(node_.columns);
  for (Symbol name : pipeline::physical_inputs(lookup_, node_)) {
    const pipeline::Node* input = lookup_.node(name);
    personal |= input && is_personal(input->columns);
  }
  if (personal) require_reader(steps_, names_);
}

void ModelLowering::target_table(std::vector<Symbol> primary_key) {
  Table table;
  table.id = "table";
  table.path = target_;
  table.cluster_by = model_.cluster_by;
  if (table.cluster_by.empty()) table.cluster_by = model_.incremental.columns;
  table.partition_by = model_.partition_by;
  table.description = node_.head.description;
  table.feeds = node_.head.name;
  table.primary_key = model_.key.empty() ? std::move(primary_key) : model_.key;
  table.columns = nullable_but(node_.columns, table.primary_key);
  table.follows = true;
  table.found_by = model_.incremental.columns;
  create_table(steps_, names_, table);
  set_tags(steps_, target_, false, node_.head.tags, node_.columns);
  grant(steps_, target_, false, model_.grants);
}

void ModelLowering::work_table(const char* purpose, std::vector<pipeline::Column> columns, std::string description) {
  Table table;
  table.id = fmt::format("{}_table", purpose);
  table.path = names_.work(node_.head.name, purpose);
  for (pipeline::Column& column : columns) {
    // What the batch must not hold is found by its checks, with a name and a policy.
    column.nullable = true;
    column.description.clear();
  }
  table.columns = std::move(columns);
  table.description = std::move(description);
  table.follows = true;
  create_table(steps_, names_, table);
}

print::Subtree ModelLowering::query() {
  return model_.materialization == Materialization::Streaming ? author_.stream(model_.query)
                                                              : author_.query(model_.query);
}

NodeId ModelLowering::author_query(Statement& s) {
  return s.sql.query_ref(s.embed(query()), "result");
}

NodeId ModelLowering::result(Statement& s) {
  const auto& outputs = model_.query.bound->outputs;
  bool as_written = outputs.size() == node_.columns.size();
  for (size_t i = 0; as_written && i < outputs.size(); ++i) {
    as_written = outputs[i].name.folded() == node_.columns[i].name.folded() && outputs[i].type == node_.columns[i].type;
  }
  return as_written ? s.embed(query()) : s.sql.select(contract(s));
}

NodeId ModelLowering::as_stored(SqlBuilder& sql, NodeId value, const pipeline::Column& column) const {
  for (const auto& output : model_.query.bound->outputs) {
    if (output.name.folded() == column.name.folded() && output.type == column.type) return value;
  }
  return sql.cast(value, type_node(sql, column.type));
}

SqlBuilder::Ids ModelLowering::contract_items(SqlBuilder& sql) {
  SqlBuilder::Ids items;
  for (const pipeline::Column& column : node_.columns) {
    NodeId value = sql.column("result", column.name);
    NodeId stored = as_stored(sql, value, column);
    items.push_back(stored == value ? value : sql.item(stored, column.name));
  }
  return items;
}

SqlBuilder::Select ModelLowering::contract(Statement& s) {
  SqlBuilder::Select select;
  select.items = contract_items(s.sql);
  select.from = {author_query(s)};
  return select;
}

bool ModelLowering::reads_kept() {
  return versioned_inputs().size() != pipeline::physical_inputs(lookup_, node_).size();
}

std::vector<Symbol> ModelLowering::versioned_inputs() {
  std::vector<Symbol> inputs = pipeline::physical_inputs(lookup_, node_);
  std::erase_if(inputs, [&](Symbol name) {
    const pipeline::Model* model = lookup_.model(name);
    return model && pipeline::is_kept_by_platform(model->materialization);
  });
  return inputs;
}

bool ModelLowering::always_due() {
  return reads_kept() || pipeline::depends_on_run(lookup_, model_);
}

std::vector<Symbol> ModelLowering::reads() const {
  return node_.inputs;
}

/// Of everything that decides which rows the table holds: its query and those of the views below, as they are executed,
/// and the types of its columns. Not of descriptions.
std::string ModelLowering::fingerprint() {
  Hasher hasher;
  add_query(hasher, model_, node_);
  const pipeline::Incremental& incremental = model_.incremental;
  hasher.add(pipeline::materialization_name(model_.materialization)).add(incremental.start).add(incremental.grain);
  for (Symbol name : incremental.columns) hasher.add("by").add(name.folded().text());
  return hasher.finish().hex();
}

void ModelLowering::add_query(Hasher& hasher, const pipeline::Model& model, const pipeline::Node& node) {
  hasher.add(node.head.name.text());
  if (model.query.bound) {
    print::Subtree query = author_.query(model.query);
    hasher.add(printed(*query.tree, query.node, query.rewrites));
    add_types_read(hasher, model.query.lineage);
  } else {
    hasher.add(*model.program.text).add(model.program.function);
    for (const pipeline::TableUse& use : model.program.reads) {
      hasher.add("reads").add(use.table.text());
      for (Symbol name : use.columns) hasher.add(type_of(use.table, name));
    }
  }
  for (const pipeline::Column& column : node.columns) {
    hasher.add(column.name.folded().text()).add(column.type.text());
  }
  for (Symbol name : node.inputs) {
    const pipeline::Node* input = lookup_.node(name);
    const pipeline::Model* view = input && input->kind == pipeline::NodeKind::Model ? lookup_.model(name) : nullptr;
    if (!view || !view->query.bound) continue;
    // Those of the platform are read by names that follow their logic.
    if (view->materialization == Materialization::View || pipeline::is_kept_by_platform(view->materialization)) {
      add_query(hasher, *view, *input);
    }
  }
}

/// Of a column that has another type the same words may give other rows.
void ModelLowering::add_types_read(Hasher& hasher, const lineage::QueryLineage& lineage) {
  std::set<std::string> types;
  auto add = [&](const lineage::Source& source) { types.insert(type_of(source.table, source.column)); };
  for (const lineage::ColumnLineage& column : lineage.columns) {
    for (const lineage::DirectEdge& edge : column.direct) add(edge.source);
    for (const lineage::IndirectEdge& edge : column.conditional) add(edge.source);
  }
  for (const lineage::IndirectEdge& edge : lineage.indirect) add(edge.source);
  for (const std::string& type : types) hasher.add(type);
}

std::string ModelLowering::type_of(Symbol table, Symbol column) {
  std::string text = fmt::format("{}.{}", table.folded().text(), column.folded().text());
  const pipeline::Node* node = lookup_.node(table);
  for (const pipeline::Column& own : node ? node->columns : std::vector<pipeline::Column>{}) {
    if (own.name.folded() == column.folded()) text.append(" ").append(own.type.text());
  }
  return text;
}

/// The rows of an input as they are, or the images that changed between two versions of it.
NodeId ModelLowering::input_relation(SqlBuilder& sql, const pipeline::Changes::Use& use) {
  if (!use.changed) return sql.table(names_.node(use.node), use.alias);
  const pipeline::Node& node = *lookup_.node(use.node);
  std::string version;
  for (const Input& input : ledger_->inputs()) {
    if (input.node == use.node) version = input.version;
  }
  const bool merged = node.kind == pipeline::NodeKind::CdcCurrent && !names_.auto_cdc();
  const pipeline::Images images = pipeline::changed_images(sql, Names::spelled(names_.rows(node)),
                                                           merged ? lookup_.cdc(use.node) : nullptr, version);
  return net_changes(sql, node, use, images.from, images.seen);
}

/// What each version added and took away, in the columns that matter. Not over all versions at once: what was built in
/// between may have seen a state that is gone again.
NodeId ModelLowering::net_changes(SqlBuilder& sql, const pipeline::Node& node, const pipeline::Changes::Use& use,
                                  NodeId images, NodeId seen) {
  bool comparable = !use.columns.empty();
  for (const pipeline::Column& column : node.columns) {
    for (Symbol name : use.columns) {
      if (name.folded() == column.name.folded()) comparable = comparable && is_comparable(column.type);
    }
  }
  if (!comparable) {
    return sql.query_ref(sql.select({.items = {sql.star()}, .from = {images}, .where = seen}), use.alias);
  }
  NodeId added = sql.in_list(sql.column("_change_type"), {sql.string("insert"), sql.string("update_postimage")});
  NodeId balance = sql.call("sum", {sql.case_when({{added, sql.integer(1)}}, sql.integer(-1))});
  SqlBuilder::Ids group{sql.column("_commit_version")};
  for (Symbol name : use.columns) group.push_back(sql.column(name));
  return sql.query_ref(sql.select({.items = sql.columns({}, use.columns),
                                   .from = {images},
                                   .where = seen,
                                   .group = group,
                                   .having = sql.differs(balance, sql.integer(0))}),
                       use.alias);
}

void ModelLowering::queue_changes(const std::function<SqlBuilder::Ids(SqlBuilder&, const std::vector<NodeId>&)>& items,
                                  const std::function<NodeId(SqlBuilder&)>& filter,
                                  const std::function<void(const std::string& id)>& also) {
  for (const Input& input : ledger_->inputs()) {
    std::string id = fmt::format("changes.{}", input.node.text());
    ledger_->for_each_change(id, input);
    size_t count = 0, number = 0;
    do {
      std::string step = number == 0 ? fmt::format("{}.queue", id) : fmt::format("{}.queue_{}", id, number + 1);
      steps_.reads = {input.node};
      steps_.writes = {work_symbol("pending")};
      std::vector<Symbol> others;
      pipeline::Step& made = steps_.execute(step, [&](Statement& s) {
        SqlBuilder& sql = s.sql;
        std::vector<std::pair<NodeId, Symbol>> calls;
        auto relation = [&](const pipeline::Changes::Use& use) { return input_relation(sql, use); };
        auto mappings = changes_->mappings(input.node, sql, relation, calls);
        for (const auto& [call, function] : calls) author_.expand(s.tree, call, function, s.rewrites);
        count = mappings.size();
        pipeline::Changes::Mapping& mapping = mappings[number];
        others = mapping.reads;
        SqlBuilder::Select touched;
        touched.distinct = true;
        touched.items = items(sql, mapping.values);
        touched.from = {mapping.from};
        touched.where = mapping.where;
        SqlBuilder::Select kept;
        kept.items = {sql.star()};
        kept.from = {sql.query_ref(sql.select(touched), "touched")};
        kept.where = filter(sql);
        return insert_by_name(sql, ast::InsertMode::Into, pending_, sql.select(kept));
      });
      made.reads.insert(made.reads.end(), others.begin(), others.end());
    } while (++number < count);
    also(id);
    ledger_->record(fmt::format("{}.held", id), {input});
    steps_.end_loop();
  }
}

}  // namespace pipec::backend::databricks
