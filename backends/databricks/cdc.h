// A captured table: landed lines -> log -> current rows and history.
#pragma once

#include <span>

#include "databricks/ledger.h"
#include "databricks/names.h"
#include "databricks/step_writer.h"

namespace pipec::backend::databricks {

/// What the steps of one capture are made of.
struct Capture {
  Capture(View& view, const Names& names, Symbol current);

  const Names& names;
  const pipeline::Cdc* cdc = nullptr;
  const pipeline::Source* source = nullptr;
  const pipeline::SourceTable* table = nullptr;
  std::string landing;  // URI of the folder
  explicit operator bool() const { return table != nullptr; }

  bool is_key(Symbol column) const;
  std::vector<Symbol> columns() const;  // of the source
  std::vector<Symbol> payload() const;  // those outside of the key
  std::string topic() const;
};

/// The partition of the log for an event of this time: its day in UTC, whatever the session's zone is.
ast::NodeId day_of(ast::SqlBuilder& sql, ast::NodeId time);

/// Table of rows below the views: the source's columns, _deleted, _source_ts and the position.
std::vector<pipeline::Column> row_columns(const Capture& capture);

void lower_log(const Capture& capture, const pipeline::Node& node, Output& output);
void lower_current(const Capture& capture, const pipeline::Node& node, Output& output);
void lower_history(const Capture& capture, const pipeline::Node& node, Output& output);

/// The same tables as streaming tables that the platform keeps by AUTO CDC.
void lower_current_auto(const Capture& capture, const pipeline::Node& node, Output& output);
void lower_history_auto(const Capture& capture, const pipeline::Node& node, Output& output);
/// What AUTO CDC cannot keep as it is declared.
void check_auto_cdc(const pipeline::Pipeline& pipeline, const pipeline::Cdc& cdc, Sink& sink);

/// The position of an event as one value, and as an order, the earliest first.
ast::NodeId place(ast::SqlBuilder& sql, const char* alias = "");
ast::SqlBuilder::Ids in_order(ast::SqlBuilder& sql, const char* alias = "");
/// `a` stands after `b` by these columns, the first of them deciding first.
ast::NodeId stands_after(ast::SqlBuilder& sql, const char* a, const char* b, std::span<const std::string_view> columns);

}  // namespace pipec::backend::databricks
