// Models that the platform builds: materialized views and streaming tables. Each lies in the schema of pipec's own tables
// under a name that follows its logic, and readers see a view over it. A deployment that changes nothing so makes
// nothing, and one that changes the logic builds the new one before readers see it; the old one stays until somebody drops
// it. The statement that creates it is the one that Spark's own declarative pipelines take too.
#include <fmt/format.h>

#include "databricks/model.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;

namespace {

constexpr const char* kCreateReason = "Spark takes it in a declarative pipeline alone";

/// Enough of a fingerprint to tell the logics of one model apart.
constexpr size_t kShort = 12;

}  // namespace

void ModelLowering::materialized_view() {
  kept_by_platform(ast::kMaterialized, "materialized_view");
}

void ModelLowering::streaming() {
  kept_by_platform(ast::kStreamingTable, "streaming_table");
}

void ModelLowering::kept_by_platform(ast::CreateFlag kind, std::string id) {
  const std::string logic = fingerprint();
  const Path rows = names_.work(node_.head.name, logic.substr(0, kShort));
  steps_
      .migrate(id,
               [&](Statement& s) {
                 SqlBuilder& sql = s.sql;
                 SqlBuilder::Create create;
                 create.flags = ast::kIfNotExists | kind;
                 create.name = sql.qname(rows);
                 for (const pipeline::Column& column : node_.columns) {
                   // Without NOT NULL: Spark compares that with what it infers, which is less than we prove or check.
                   create.columns.push_back(
                       sql.table_column(column.name, type_node(sql, column.type), false, column.description));
                 }
                 if (!model_.cluster_by.empty()) {
                   SqlBuilder::Ids names;
                   for (Symbol name : model_.cluster_by) names.push_back(sql.name(name));
                   create.options.push_back(sql.ddl("cluster by ({})", sql.list(names)));
                 }
                 if (!node_.head.description.empty())
                   create.options.push_back(sql.ddl("comment {}", sql.string(node_.head.description)));
                 create.query = result(s);
                 return sql.create_view(create);
               })
      .platform_only = kCreateReason;
  mask_columns(steps_, names_, "", rows, kind == ast::kMaterialized ? Masked::MaterializedView : Masked::StreamingTable,
               node_.columns);
  verify_masks(steps_, names_, rows, node_.columns);
  create_view(
      steps_, target_, node_.columns, node_.head.description,
      [&](Statement& s) { return s.sql.select({.items = s.sql.columns({}, names()), .from = {s.sql.table(rows)}}); },
      kOverKept);
  set_tags(steps_, target_, true, node_.head.tags, node_.columns);
  grant(steps_, target_, true, model_.grants);

  ledger_ =
      std::make_unique<Ledger>(names_, steps_, node_.head.name, logic, inputs_of(lookup_, names_, versioned_inputs()));
  ledger_->bind_versions();
  ledger_->for_each_due("due", always_due());
  steps_.reads = reads();
  steps_.writes = {node_.head.name};
  steps_
      .execute("refresh",
               [&](Statement& s) {
                 NodeId name = s.sql.qname(rows);
                 return kind == ast::kMaterialized ? s.sql.ddl("refresh materialized view {}", name)
                                                   : s.sql.ddl("refresh streaming table {}", name);
               })
      .platform_only = kRefreshed;
  // The platform publishes by itself: a blocking expectation keeps what is below from running, as that of a view does.
  Audited audited;
  audited.model = node_.head.name;
  audited.rows = target_;
  audited.reads = {node_.head.name};
  add_gates(steps_, lookup_, names_, author_, model_, audited);
  ledger_->record("held", ledger_->inputs());
  steps_.end_loop();
}

}  // namespace pipec::backend::databricks
