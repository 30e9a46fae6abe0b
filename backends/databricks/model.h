// Models into Steps, a file a materialization.
#pragma once

#include "databricks/author.h"
#include "databricks/gates.h"
#include "databricks/ledger.h"
#include "databricks/lookup.h"
#include "databricks/range.h"
#include "databricks/step_writer.h"
#include "databricks/tables.h"

namespace pipec::backend::databricks {

/// What the steps of one model are made of.
class ModelLowering {
 public:
  ModelLowering(View& view, const Names& names, const pipeline::Model& model, const pipeline::Node& node);
  void lower(Output& output);

 private:
  void view();
  void full();
  void by_time();
  void by_key();
  void materialized_view();
  void streaming();
  void by_program();

  // ---- incremental by key
  std::vector<pipeline::Column> columns_of_key() const;
  static ast::NodeId same_key(ast::SqlBuilder& sql, const std::vector<Symbol>& keys, const char* a, const char* b);
  std::vector<Range> key_range() const;
  void for_each_batch();
  void audit_keys(const std::vector<Symbol>& keys);
  void publish_keys(const std::vector<Symbol>& keys);

  // ---- a program in Python
  bool has_key(const pipeline::TableUse& use);
  ast::NodeId keys_in(ast::SqlBuilder& sql, const pipeline::Node& table, ast::NodeId from);
  void queue_all_keys(const std::string& id);
  void queue_keys_of(const std::string& id, const pipeline::TableUse& use);
  void call_program(const std::vector<Symbol>& keys);
  void only_asked_keys(const std::vector<Symbol>& keys);
  void read_input(const std::string& id, const pipeline::TableUse& use, const std::vector<Symbol>& keys);

  // ---- parts
  void audit_and_publish_all();
  /// Whose inputs or rows are personal data is run by who sees through the masks.
  void require_reader_of_inputs();
  void target_table(std::vector<Symbol> primary_key);
  void work_table(const char* purpose, std::vector<pipeline::Column> columns, std::string description);
  /// SELECT of the columns of the table, in its order and types, from the model's query.
  ast::SqlBuilder::Select contract(Statement& s);
  ast::NodeId author_query(Statement& s);
  print::Subtree query();
  /// The model's query, in a SELECT of the table's columns where they are others than its own.
  ast::NodeId result(Statement& s);
  /// What the platform keeps, and the view that readers see; then the steps that refresh it.
  void kept_by_platform(ast::CreateFlag kind, std::string id);
  ast::SqlBuilder::Ids contract_items(ast::SqlBuilder& sql);
  /// A value of the model's query, cast to the type that its column of the table has.
  ast::NodeId as_stored(ast::SqlBuilder& sql, ast::NodeId value, const pipeline::Column& column) const;
  std::string fingerprint();
  void add_query(Hasher& hasher, const pipeline::Model& model, const pipeline::Node& node);
  void add_types_read(Hasher& hasher, const lineage::QueryLineage& lineage);
  std::string type_of(Symbol table, Symbol column);
  /// Steps that queue what each input's changes touch; `item` makes the value to queue of the mapped ones.
  void queue_changes(
      const std::function<ast::SqlBuilder::Ids(ast::SqlBuilder&, const std::vector<ast::NodeId>&)>& items,
      const std::function<ast::NodeId(ast::SqlBuilder&)>& filter,
      const std::function<void(const std::string& id)>& also);
  ast::NodeId input_relation(ast::SqlBuilder& sql, const pipeline::Changes::Use& use);
  ast::NodeId net_changes(ast::SqlBuilder& sql, const pipeline::Node& node, const pipeline::Changes::Use& use,
                          ast::NodeId images, ast::NodeId seen);
  std::vector<Symbol> names() const { return column_names(node_.columns); }
  Symbol work_symbol(std::string_view purpose) const { return Names::work_symbol(node_.head.name, purpose); }
  std::vector<Symbol> reads() const;
  bool reads_kept();
  /// The inputs that say by a version whether they have moved.
  std::vector<Symbol> versioned_inputs();
  /// No version of an input says whether there is something to do.
  bool always_due();

  ViewLookup lookup_;
  const Names& names_;
  const pipeline::Model& model_;
  const pipeline::Node& node_;
  Author author_;
  StepWriter steps_;
  Path target_, stage_, pending_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<pipeline::Changes> changes_;
};

/// `key`: of an incremental one.
void check_program(const pipeline::Pipeline& pipeline, const pipeline::Program& program, const pipeline::Node& node,
                   const std::vector<Symbol>& key, Sink& sink);

}  // namespace pipec::backend::databricks
