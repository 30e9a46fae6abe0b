// What a query can see outside itself: tables and functions by qualified name. The session implements it and records
// every look-up (the failed ones too), which is what a body's key is made of.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ast/tree.h"
#include "base/hash.h"
#include "base/symbol.h"
#include "sql/type.h"

namespace pipec::sql {

/// What a fact about a table's rows rests on, the strongest first.
enum class Basis : uint8_t {
  Enforced,    // by the source
  Guaranteed,  // by how pipec writes the table
  Proven,      // by the query, from what is one of the above
  Declared,    // said by the author, or resting on such a word
};

struct InterfaceColumn {
  Symbol name;
  Type type;  // Error: its declaration is broken, what reads it stays silent
  bool nullable = true;
  std::optional<Basis> never_null = {};
  std::vector<Symbol> pii = {};  // classes of @pii
};

/// Positions of columns in which no two rows agree; NULL equals NULL. None: at most one row.
struct InterfaceKey {
  std::vector<uint32_t> columns;
  Basis basis = Basis::Declared;
};

/// Of a history: the versions of one key follow each other, each true from `from` until before `to`.
struct InterfacePeriod {
  std::vector<uint32_t> key;
  uint32_t from = 0, to = 0, current = 0;
};

struct TableInterface {
  Symbol name;         // "gold.orders", as declared
  Symbol declaration;  // its key, for labels: "model:gold.orders"
  std::vector<InterfaceColumn> columns;
  std::vector<InterfaceKey> keys;
  std::optional<InterfacePeriod> period;
  bool broken = false;  // the declaration has errors and no contract: nothing is reported against it
};

struct FunctionParameter {
  Symbol name;
  Type type;
  bool has_default = false;
};

/// A function that gives a table has no type of its own: its declaration is expanded where it is read, before
/// anything is bound there.
struct TableTemplate {
  std::shared_ptr<const ast::Tree> tree;  // its root is the FunctionDecl
  Fingerprint text;
};

struct FunctionInterface {
  Symbol name;
  Symbol declaration;
  std::vector<FunctionParameter> parameters;
  Type returns;
  bool nullable = true;
  bool external = false;
  bool broken = false;
  uint32_t depth = 1;          // of functions inside each other
  uint64_t expanded = 1;       // nodes of the body, with what it calls; see sql/expansion_size.h
  std::vector<uint64_t> uses;  // how often the body writes each parameter, with what it calls
  std::vector<Symbol> clears;  // classes of @pii that its result shows nothing of
  std::optional<TableTemplate> gives_table;
};

class Catalog {
 public:
  virtual ~Catalog() = default;
  /// By folded dotted name ("gold.orders"); nullptr if there is none.
  virtual const TableInterface* table(Symbol folded) const = 0;
  virtual const FunctionInterface* function(Symbol folded) const = 0;
  /// For suggestions; sorted.
  virtual std::vector<std::string_view> table_names() const = 0;
  virtual std::vector<std::string_view> function_names() const = 0;
};

}  // namespace pipec::sql
