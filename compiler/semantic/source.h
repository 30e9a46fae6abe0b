// A source while it is resolved: its own items (source.cpp), what each kind has (source_kind.cpp), its tables and their
// columns (source_table.cpp), resources and topics (source_resource.cpp).
#pragma once

#include "semantic/items.h"
#include "semantic/world.h"

namespace pipec::semantic {

/// A database has native types; what files, logs and services hold is declared with the types that it gets.
bool has_native_types(Symbol kind);
/// The schema of a table that is named without one.
Symbol default_schema(const pipeline::Source& source);
/// The table of a source by the names behind the source's own; nullptr if there is none.
const pipeline::SourceTable* find_table(const pipeline::Source& source, std::span<const Symbol> path);
std::vector<Symbol> table_names(const pipeline::Source& source);

/// Items that a source of its kind does not have, and those that it lacks.
void check_items_of_kind(const Resolving& context, const Items& items, ast::NodeId list, Symbol kind);
/// The path, format, authentication and rate of files and services (of a destination too).
struct ServiceItems {
  std::string path, base_url, auth_name;
  Symbol format, auth, secret, rate_per;
  std::map<std::string, std::string> format_options;
  int64_t rate = 0;
};
ServiceItems read_service_items(const Resolving& context, const Items& items);
void check_connection(const Resolving& context, const Items& items, const ProjectFacts& facts);

class SourceResolver {
 public:
  SourceResolver(const Resolving& context, const Reader& reader, Resolved& out, pipeline::Source& source)
      : context_(context), tree_(context.tree), reader_(reader), out_(out), source_(source) {}

  void run();

 private:
  using NodeId = ast::NodeId;

  struct ForeignNode {
    size_t table, key;
    NodeId node, referenced;
  };
  struct ParentNode {
    Symbol table;  // of the resource
    NodeId each;   // the name behind `for each`
    NodeId columns;
    NodeId path;
  };

  void read_names(const Items& items);
  void read_zone(const Items& items);
  void read_capture(const Items& items);
  void check_outage(const Items& capture);
  void read_service(const Items& items);
  void read_fresh(const Items& items);
  void read_dropped(const Items& items);
  void need(pipeline::Capability capability, NodeId node, std::string what);

  // tables
  void read_table(NodeId node);
  void add_table(pipeline::SourceTable table, NodeId name);
  void read_item(NodeId item, pipeline::SourceTable& table);
  void read_column(NodeId node, pipeline::SourceTable& table);
  void read_attributes(NodeId list, pipeline::SourceColumn& column, pipeline::SourceTable& table);
  bool read_attribute(NodeId node, pipeline::SourceColumn& column, pipeline::SourceTable& table);
  void read_reading(NodeId node, pipeline::SourceColumn& column);
  void check_expression(NodeId node, pipeline::SourceColumn& column);
  bool map_column(NodeId type_node, pipeline::SourceColumn& column, const pipeline::SourceTable& table);
  void check_names(NodeId list, const pipeline::SourceTable& table);
  void add_foreign_key(pipeline::SourceTable& table, std::vector<Symbol> columns, NodeId target, NodeId referenced);
  void check_foreign_keys();
  void check_referenced(const ForeignNode& entry, const pipeline::ForeignKey& key);
  void check_old_name(NodeId name);
  void add_external_nodes();

  // resources and topics
  void read_resource(NodeId node);
  void read_resource_column(NodeId node, pipeline::SourceTable& table);
  void read_places(const Items& items, pipeline::SourceTable& table);
  void check_path(const ParentNode& entry, const pipeline::SourceTable* parent);
  void check_parents();
  void add_unnested(const pipeline::SourceTable& parent, NodeId node, Symbol name, sql::Type type);

  const Resolving& context_;
  const ast::Tree& tree_;
  const Reader& reader_;
  Resolved& out_;
  pipeline::Source& source_;
  std::vector<ForeignNode> foreign_nodes_;
  std::vector<ParentNode> parent_nodes_;
};

}  // namespace pipec::semantic
