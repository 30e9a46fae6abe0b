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
    return children.empty() ? void() : joined(" ", " to ", "");
  }
  bool nested = name == "struct" || name == "map" || name == "array";
  if (nested && dialect_.has(Feature::NestedTypes)) {
    put(name);
    if (name != "struct") return joined("<", ", ", ">");
    put("<");
    for (size_t i = 0; i < children.size(); ++i) {
      if (i != 0) put(", ");
      Commented around(*this, children[i]);
      put_identifier(node(children[i]).name, children[i], true);
      put(": ");
      emit(tree().get<StructField>(children[i]).type);
      if (node(children[i]).has(kNotNull)) put(" not null");
    }
    return put(">");
  }
  if (name == "array" && children.size() == 1) return joined("", "", "[]");
  if (!dialect_.types.empty()) {
    auto found = std::lower_bound(dialect_.types.begin(), dialect_.types.end(), name,
                                  [](const TypeName& type, std::string_view text) { return type.name < text; });
    if (found == dialect_.types.end() || found->name != name) {
      return unsupported(id, fmt::format("type `{}`", name));
    }
    put(found->printed);
  } else {
    put_identifier(node(id).name, id, false);
  }
  if (!children.empty()) joined("(", ", ", ")");
}

}  // namespace pipec::print
