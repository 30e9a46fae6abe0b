#include <fmt/format.h>

#include <algorithm>

#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

void SqlWriter::cast_to(const TypeRef& type) {
  Context context = context_of({type.tree, type.node, nullptr});
  context.comments = nullptr;
  Within within(*this, context);
  data_type(type.node);
}

void SqlWriter::data_type(NodeId id) {
  std::string_view name = node(id).name.text();
  std::span<const NodeId> children = tree().children(id);
  auto joined = [&](std::string_view open, std::string_view between, std::string_view close) {
    put(open);
    for (size_t i = 0; i < children.size(); ++i) {
      if (i != 0) put(between);
      emit(children[i]);
    }
    put(close);
  };
  if (name == "interval") {
    put(name);
    if (!children.empty()) joined(" ", " to ", "");
    return;
  }
  NodeId collation;
  bool words = name == "geometry" || name == "geography";  // their arguments are words
  if (!children.empty() && tree().is<Name>(children.back()) && !words) {
    collation = children.back();
    children = children.first(children.size() - 1);
  }
  bool nested = name == "struct" || name == "map" || name == "array";
  if (nested && dialect_.has(Feature::NestedTypes)) {
    put(name);
    joined("<", ", ", ">");
  } else if (name == "array" && children.size() == 1) {
    joined("", "", "[]");
  } else {
    type_name(id);
    if (!children.empty()) joined("(", ", ", ")");
  }
  if (!collation) return;
  put(" collate ");
  emit(collation);
}

void SqlWriter::type_name(NodeId id) {
  std::string_view name = node(id).name.text();
  if (dialect_.types.empty()) return put_identifier(node(id).name, id, false);
  auto found = std::lower_bound(dialect_.types.begin(), dialect_.types.end(), name,
                                [](const TypeName& type, std::string_view text) { return type.name < text; });
  if (found == dialect_.types.end() || found->name != name) return unsupported(id, fmt::format("type `{}`", name));
  put(found->printed);
}

void SqlWriter::struct_field(NodeId id) {
  put_identifier(node(id).name, id, true);
  put(": ");
  emit(tree().get<StructField>(id).type);
  if (node(id).has(kNotNull)) put(" not null");
}

}  // namespace pipec::print
