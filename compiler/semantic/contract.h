// The columns that a model promises, beside those that its query gives.
#pragma once

#include <string>
#include <vector>

#include "semantic/items.h"
#include "sql/binder.h"

namespace pipec::semantic {

struct ContractColumn {
  pipeline::Column column;
  ast::NodeId node, type;
};

/// Reports what the query lacks, what it gives beyond the contract, and types that do not fit.
void check_contract(const Resolving& context, const sql::BoundQuery& bound,
                    const std::vector<ContractColumn>& contract);

/// What to do about a value of one type where another, narrower one is declared.
std::string narrowing_help(sql::Type given, sql::Type declared);

}  // namespace pipec::semantic
