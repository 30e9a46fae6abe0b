// What a query can see outside itself: tables and functions by qualified name. The session implements it and records
// every look-up (the failed ones too), which is what a body's key is made of.
#pragma once

#include <vector>

#include "ast/tree.h"
#include "base/symbol.h"
#include "sql/type.h"

namespace pipec::sql {

struct InterfaceColumn {
  Symbol name;
  Type type;  // Error: its declaration is broken, what reads it stays silent
  bool nullable = true;
};

struct TableInterface {
  Symbol name;         // "gold.orders", as declared
  Symbol declaration;  // its key, for labels: "model:gold.orders"
  std::vector<InterfaceColumn> columns;
  bool broken = false;  // the declaration has errors and no contract: nothing is reported against it
};

struct FunctionParameter {
  Symbol name;
  Type type;
  bool has_default = false;
};

struct FunctionInterface {
  Symbol name;
  Symbol declaration;
  std::vector<FunctionParameter> parameters;
  Type returns;
  bool nullable = true;
  bool external = false;
  bool broken = false;
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
