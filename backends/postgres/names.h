// What an export and its destination are called in the serving database.
#pragma once

#include "ast/build.h"
#include "backend/backend.h"

namespace pipec::backend::postgres {

/// Of a destination with the schema `shop`.
struct SchemaNames {
  explicit SchemaNames(const pipeline::Destination& destination);
  std::string contract;                          // shop: the views, all that readers see
  std::string data;                              // shop_data: the tables under them
  std::string owner;                             // shop_owner: owns both, logs in nowhere
  std::string writer;                            // shop_writer: what the loader's login is a member of
  std::string of_version(int64_t number) const;  // shop_v1: what readers of that version see
  std::string swap;  // shop_swap: the generations of exports in swap mode, and the functions that switch them
};

inline constexpr std::string_view kMetaSchema = "pipec_meta";
inline constexpr std::string_view kWatermark = "watermark";

/// Of an export; all that its statements are made of.
struct ExportNames {
  ExportNames(const pipeline::Export& e, const pipeline::Destination& destination, const pipeline::Node& node,
              bool source_is_view, int swap_percent);
  SchemaNames schema;
  std::string name;
  std::string target;     // "shop.customer_value": the key of its watermark
  std::string operation;  // of the staged rows: a column that the table does not have
  std::vector<Symbol> columns, key, others;
  std::string contract_hash;  // of the source, columns, types and key: what the loader and the database must agree on
  sql::Type replace_type;     // of the column that rows are replaced by
  bool source_is_view;        // it has no versions: nobody can say whether it changed
  int swap_percent = 0;       // of the rows of before that a generation must have

  ast::SqlBuilder::Texts table() const { return {schema.data, name}; }
  ast::SqlBuilder::Texts view() const { return {schema.contract, name}; }
  ast::SqlBuilder::Texts view_of(const pipeline::ExportVersion& version) const {
    return {schema.of_version(version.number), name};
  }
};

/// It has no versions and no change feed that says what changed in it. The current rows of a cdc have those of the table below.
bool is_view(const pipeline::Node& node, const pipeline::Model* model);

/// What makes the generations of an export in swap mode: functions of the owner's, which the writer may call and no more.
/// Nothing here meets a name of another export: each ends in a suffix of its own.
struct SwapNames {
  explicit SwapNames(const ExportNames& names) : SwapNames(names.schema, names.name) {}
  SwapNames(const SchemaNames& schema, const std::string& name);
  std::string schema;
  std::string generation;  // "<export>__g": the tables, with a number behind
  std::string next;        // the table that is being loaded: renamed, or gone, when its transaction ends
  std::string begin, build, switch_, publish, drop_old;
  std::string together;  // of a publish, not of an export
};
inline constexpr std::string_view kGenerations = "generation";  // the table of them, in the schema of generations

/// Says the columns and their order, so that another index never has the name of an older one; never too
/// long.
std::string index_name(const ExportNames& names, const std::vector<pipeline::IndexColumn>& index);

}  // namespace pipec::backend::postgres
