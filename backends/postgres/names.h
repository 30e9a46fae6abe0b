// What an export and its destination are called in the serving database.
#pragma once

#include "ast/build.h"
#include "backend/backend.h"

namespace pipec::backend::postgres {

/// Of a destination with the schema `shop`.
struct SchemaNames {
  explicit SchemaNames(const pipeline::Destination& destination);
  std::string contract;  // shop: the views, all that readers see
  std::string data;      // shop_data: the tables under them
  std::string owner;     // shop_owner: owns both, logs in nowhere
  std::string writer;    // shop_writer: what the loader's login is a member of
};

inline constexpr std::string_view kMetaSchema = "pipec_meta";
inline constexpr std::string_view kWatermark = "watermark";
inline constexpr std::string_view kStage = "pipec_stage";  // temporary: gone with the transaction

/// Of an export; all that its statements are made of.
struct ExportNames {
  ExportNames(const pipeline::Export& e, const pipeline::Destination& destination, const pipeline::Node& node);
  SchemaNames schema;
  std::string name;
  std::string target;     // "shop.customer_value": the key of its watermark
  std::string operation;  // of the staged rows: a column that the table does not have
  std::vector<Symbol> columns, key, others;
  std::string contract_hash;  // of columns, types and key: what the loader and the database must agree on

  ast::SqlBuilder::Texts table() const { return {schema.data, name}; }
  ast::SqlBuilder::Texts view() const { return {schema.contract, name}; }
  static ast::SqlBuilder::Texts stage() { return {"pg_temp", kStage}; }
};

/// Says the columns and their order, so that another index never has the name of an older one; never too
/// long.
std::string index_name(const ExportNames& names, const std::vector<pipeline::IndexColumn>& index);

}  // namespace pipec::backend::postgres
