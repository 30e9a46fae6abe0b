// pipec.yaml as a tree in which every value knows its bytes. Private to this folder, like the YAML library behind it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnostics/diagnostic.h"

namespace pipec::project::yaml {

struct Node {
  enum class Kind { Null, Scalar, List, Map };
  Kind kind = Kind::Null;
  bool quoted = false;
  std::string text;  // of a scalar
  Span span;         // of a list or map: its first byte
  std::vector<Node> items;
  std::vector<std::pair<Node, Node>> members;  // keys are scalars, each once
};

/// What is malformed is reported (keys that stand twice too); then there is no tree, or the first of two equal keys.
/// Anchors, aliases, tags and a second document are refused: a reader of the file need not know them.
std::optional<Node> parse(std::string_view text, Symbol file, Sink& sink);

}  // namespace pipec::project::yaml
