// Values of landed JSON as Delta's: what platform::Decode says, as expressions. None of them fails: what has no value of
// the type (an infinity, a NaN) becomes NULL, and the log's problem column tells it from a NULL of the source.
#pragma once

#include <functional>
#include <string>

#include "ast/build.h"
#include "pipeline/pipeline.h"

namespace pipec::backend::databricks {

/// `value`: the landed one, which is needed as often as it is called.
using Landed = std::function<ast::NodeId()>;

ast::NodeId decoded(ast::SqlBuilder& sql, const platform::NativeMapping& mapping, const std::string& zone,
                    const Landed& value);
/// True if a landed value that is not NULL may have no decoded one.
bool may_fail(const platform::NativeMapping& mapping);
/// The connector did not send the value: it lies outside of the row and did not change. None: it is always sent.
ast::NodeId is_unavailable(ast::SqlBuilder& sql, const platform::NativeMapping& mapping, ast::NodeId value);

}  // namespace pipec::backend::databricks
