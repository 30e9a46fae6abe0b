// Tables whose columns became wider in their place. A change feed cannot be read across such a version, whatever columns are
// read: who holds less of the table takes all of it again.
#pragma once

#include <string_view>

#include "ast/build.h"
#include "pipeline/pipeline.h"

namespace pipec::pipeline {

/// Its name among pipec's own tables.
inline constexpr std::string_view kLedger = "ledger";
/// In place of a node in the ledger, which has these columns: a row says the newest version of `input` before it was widened.
inline constexpr std::string_view kWidened = "widened";

/// One row: `version`, the newest one behind which a feed of the node can be read; -1 if it never was widened.
ast::NodeId widened_version(ast::SqlBuilder& sql, const ast::SqlBuilder::Texts& ledger, Symbol node);

}  // namespace pipec::pipeline
