// Binds SQL text over a few tables and says the result in one line.
#pragma once

#include <string>

#include "ast/tree.h"

namespace pipec::test {

/// "a int!, b string" (! for not null) or, where something was reported, the codes with the words they blame:
/// "PIPE0301(x)". Warnings come after the columns: "a int! [PIPE0330(s)]".
///
/// Tables: t(a int!, b string, c decimal(10,2), d date, ts timestamp, arr array<int>, s struct<x:int,y:string>,
/// m map<string,int>), u(a int!, k string!, v double), gold.orders(id bigint!, amount decimal(18,2)), broken: has errors.
/// Functions: ratio(part double, whole double) returns double, tag(x string, n int = default) returns string!.
std::string bound(const std::string& sql);
/// The same, of a tree made by hand.
std::string bound(const ast::Tree& tree, ast::NodeId root, bool is_query);
/// The same, of an expression over t.
std::string bound_expression(const std::string& sql);
/// The messages alone.
std::string messages(const std::string& sql);
/// "x: t.a=identity t.b?window; y: ..." then "| t.k=filter": direct ones by =, those that decide by ?.
std::string lineage(const std::string& sql);
/// "unique a,b; never null a c", sorted. t has the key a, u the key k.
std::string facts(const std::string& sql);

}  // namespace pipec::test
