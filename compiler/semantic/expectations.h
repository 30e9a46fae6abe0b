// `expect ...` of a model, and the conditions that its contract asks to be checked at run time.
#pragma once

#include "semantic/items.h"
#include "semantic/world.h"

namespace pipec::semantic {

/// Reads the Expect items of a model whose columns are known; reports what is no condition over them.
std::vector<pipeline::Expect> read_expectations(const Resolving& context, const Reader& reader, ast::NodeId items,
                                                const pipeline::Node& node, Resolved& out);

/// The words of an else-policy; Block for none. Reports an unknown one, and what a check (`rows`: an expectation) cannot.
pipeline::ElsePolicy read_policy(const Resolving& context, ast::NodeId node, Symbol word, bool rows = false);

}  // namespace pipec::semantic
